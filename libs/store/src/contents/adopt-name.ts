import type { Canonical, Tx } from '@vaultstream/contracts';
import { isUniqueViolation } from '../database/pg-errors.ts';
import { openTx } from '../database/tx.ts';
import { LostRace } from './content-locks.ts';
import type { ContentRow } from './content-row.ts';

/**
 * Gives a locked content the address that names it: what was shared as a short link is called by what it leads to. Only an address that tells
 * the platform's own id does so; a page's word about its address (`rel=canonical`) is a further key and no more. Answers the row as it is now.
 *
 * A content that was merged into this one may still hold the address: then the two trade, because no two rows have the same.
 * @throws LostRace when another content takes the address meanwhile.
 */
export async function adoptName(tx: Tx, row: ContentRow, learnt: Canonical | null): Promise<ContentRow> {
  if (learnt === null || learnt.platformId === null || learnt.url === row.canonicalUrl) return row;
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
  return { ...row, canonicalUrl: learnt.url };
}
