import type { Tx } from '@vaultstream/contracts';
import { openTx } from '../database/tx.ts';
import { Events } from '../events/events.ts';
import type { ContentRow } from './content-row.ts';
import { moveKey } from './learn-key.ts';

/**
 * Makes a merged content, locked with the one that it was merged into, a content of its own again, under its address: to be read anew. Its
 * text and pictures are as they were when it was merged, unless retention has purged them; shares, tags and ledger stay where they went.
 * @param aliasOf See `ContentRow`. @throws LostRace
 */
export async function unmergeLocked(
  tx: Tx,
  row: ContentRow,
  { from, aliasOf }: { from: number; aliasOf: number | null },
): Promise<ContentRow> {
  const status = 'UNPROCESSED';
  await openTx(tx).$executeRaw`
    UPDATE contents SET merged_into = NULL, alias_of = ${aliasOf}, status = ${status}, deleted_at = NULL, purged_at = NULL,
      updated_at = now()
    WHERE id = ${row.id}`;
  await moveKey(tx, { platform: row.platform, url: row.canonicalUrl }, { from, to: row.id });
  await Events.append(tx, [
    { type: 'content.unmerged', contentId: row.id, payload: { from } },
    { type: 'content.unmerged', contentId: from, payload: { content_id: row.id } },
  ]);
  return { ...row, mergedInto: null, aliasOf, status, deletedAt: null };
}
