import type { TxClient } from '../database/tx.ts';

/**
 * Closes the open dead letters whose work these new tasks do again, whoever asked for it: a replay, a retry, a new share. Must be a
 * statement after the append, which may have waited for the very transaction that wrote a letter. One that is locked is being
 * replayed: that transaction closes it itself, and waits for us.
 */
export async function closeLetters(
  client: TxClient,
  tasks: readonly { id: string; dedupe_key: string | null }[],
): Promise<void> {
  if (tasks.length === 0) return;
  const ids = tasks.map(({ id }) => id);
  const keys = tasks.map(({ dedupe_key }) => dedupe_key);
  await client.$executeRaw`
    WITH open AS (
      SELECT l.id, t.id AS task_id
      FROM unnest(${ids}::uuid[], ${keys}::text[]) AS t(id, dedupe_key) JOIN dead_letters l USING (dedupe_key)
      WHERE l.replayed_at IS NULL AND l.discarded_at IS NULL ORDER BY l.id FOR UPDATE OF l SKIP LOCKED)
    UPDATE dead_letters l SET replayed_at = clock_timestamp(), replayed_task_id = open.task_id
    FROM open WHERE l.id = open.id`;
}
