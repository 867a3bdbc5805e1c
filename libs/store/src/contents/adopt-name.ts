import type { Canonical, Tx } from '@vaultstream/contracts';
import { isUniqueViolation } from '../database/pg-errors.ts';
import { openTx } from '../database/tx.ts';
import { believedUntil } from './alias-belief.ts';
import { LostRace } from './content-locks.ts';
import type { ContentRow } from './content-row.ts';

/**
 * Calls a locked content by an address that is its key: the one that answered, and that is read from now on. The former name stays a key, as
 * an address that was seen to lead here. Answers the row as it is now.
 *
 * A content that was merged into this one may still hold the address: then the two trade, because no two rows have the same.
 * @throws LostRace when another content takes the address meanwhile.
 */
export async function adoptName(tx: Tx, row: ContentRow, learnt: Canonical): Promise<ContentRow> {
  if (learnt.url === row.canonicalUrl) return row;
  const client = openTx(tx);
  const [holder] = await client.$queryRaw<{ id: number }[]>`
    UPDATE contents SET canonical_url = 'merged:' || id
    WHERE platform = ${learnt.platform} AND canonical_url = ${learnt.url} AND merged_into = ${row.id} RETURNING id`;
  try {
    await client.$executeRaw`UPDATE contents SET canonical_url = ${learnt.url}, updated_at = now() WHERE id = ${row.id}`;
  } catch (error) {
    if (isUniqueViolation(error)) throw new LostRace('another content has just been shared by this address');
    throw error;
  }
  if (holder) await client.$executeRaw`UPDATE contents SET canonical_url = ${row.canonicalUrl} WHERE id = ${holder.id}`;
  await client.$executeRaw`
    UPDATE content_keys SET believed_until = ${believedUntil(learnt.platformId !== null)}
    WHERE platform = ${row.platform} AND key = ${row.canonicalUrl} AND content_id = ${row.id}`;
  return { ...row, canonicalUrl: learnt.url };
}
