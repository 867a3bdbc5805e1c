import type { TaskLog, Tx } from '@vaultstream/contracts';
import { recordShare, type Share, type ShareOutcome } from '../contents/share.ts';
import { openTx } from '../database/tx.ts';

/** Why an entry was noted without a share. */
export type EntrySkip = 'before_subscription' | 'no_url' | 'refused';

/** Which of these entries the feed has not met, in their order. */
export async function unmetEntries(tx: Tx, feedId: string, keys: readonly string[]): Promise<string[]> {
  const rows = await openTx(tx).$queryRaw<{ key: string }[]>`
    SELECT key FROM feed_entries WHERE feed_id = ${feedId}::uuid AND key = ANY (${[...keys]}::text[])`;
  const met = new Set(rows.map(({ key }) => key));
  return keys.filter((key) => !met.has(key));
}

/** Notes entries as met, without shares. Those that are noted already, or a feed that is gone, are passed over. */
export async function noteEntries(tx: Tx, feedId: string, keys: readonly string[], skipped: EntrySkip): Promise<void> {
  await openTx(tx).$executeRaw`
    INSERT INTO feed_entries (feed_id, key, skipped)
    SELECT f.id, k.key, ${skipped} FROM (SELECT id FROM feeds WHERE id = ${feedId}::uuid FOR KEY SHARE) f,
      (SELECT DISTINCT unnest(${[...keys]}::text[]) AS key ORDER BY key) k
    ON CONFLICT DO NOTHING`;
}

/**
 * Shares an entry once: the entry and its share are one transaction, and whoever comes second finds the entry and shares nothing.
 * @returns Null when the entry was met already, or the feed is gone or disabled.
 */
export async function shareEntry(
  tx: Tx,
  log: TaskLog,
  entry: { feedId: string; key: string },
  share: Share,
): Promise<ShareOutcome | null> {
  const client = openTx(tx);
  const taken = await client.$executeRaw`
    INSERT INTO feed_entries (feed_id, key)
    SELECT id, ${entry.key} FROM (SELECT id FROM feeds WHERE id = ${entry.feedId}::uuid AND enabled FOR KEY SHARE) f
    ON CONFLICT DO NOTHING`;
  if (taken === 0) return null;
  const outcome = await recordShare(tx, log, share);
  await client.$executeRaw`
    UPDATE feed_entries SET content_id = ${outcome.contentId} WHERE feed_id = ${entry.feedId}::uuid AND key = ${entry.key}`;
  return outcome;
}
