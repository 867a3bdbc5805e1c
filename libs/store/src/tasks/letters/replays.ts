import { NotFound, type ReplayProgress, type Tx } from '@vaultstream/contracts';
import { openTx } from '../../database/tx.ts';
import { Events } from '../../events/events.ts';
import type { PrismaClient } from '../../generated/client.ts';

interface ProgressRow extends Omit<ReplayProgress, 'id' | 'started_at' | 'ends_at'> {
  startedAt: Date | null;
  endsAt: Date | null;
}

/** How a bulk replay goes. @throws NotFound when none of its letters is left. */
export async function replayProgress(client: PrismaClient, id: string): Promise<ReplayProgress> {
  const [row] = await client.$queryRaw<ProgressRow[]>`
    SELECT count(*)::int AS letters, count(*) FILTER (WHERE t.state IN ('ready', 'queued'))::int AS waiting,
      count(*) FILTER (WHERE t.state = 'running')::int AS active, count(*) FILTER (WHERE t.id IS NULL AND again.dead)::int AS dead,
      count(*) FILTER (WHERE t.id IS NULL AND NOT again.dead)::int AS ended, min(l.replayed_at) AS "startedAt",
      max(t.run_at) FILTER (WHERE t.state IN ('ready', 'queued')) AS "endsAt"
    FROM dead_letters l LEFT JOIN tasks t ON t.id = l.replayed_task_id,
      LATERAL (SELECT EXISTS (SELECT 1 FROM dead_letters d WHERE d.task_id = l.replayed_task_id) AS dead) AS again
    WHERE l.replay_id = ${id}::uuid`;
  if (!row?.startedAt) throw new NotFound('there is no such replay, or nothing is left of it');
  const { startedAt, endsAt, ...counts } = row;
  return { id, ...counts, started_at: startedAt.toISOString(), ends_at: endsAt?.toISOString() ?? null };
}

interface ReopenedRow {
  id: string;
  name: string;
  contentId: number | null;
  targetId: string | null;
}

/**
 * Takes back the tasks of a bulk replay that have not begun and that nobody else has asked for since: their letters are open again.
 * @param by Name of the token.
 * @returns How many letters that were.
 */
export async function cancelReplay(tx: Tx, replayId: string, by: string | null): Promise<number> {
  const rows = await openTx(tx).$queryRaw<ReopenedRow[]>`
    WITH gone AS (
      DELETE FROM tasks WHERE id IN (
        SELECT id FROM tasks WHERE replay_id = ${replayId}::uuid AND state = 'ready' AND starts = 0
        ORDER BY dedupe_key, id FOR UPDATE SKIP LOCKED)
      RETURNING id)
    UPDATE dead_letters l SET replayed_at = NULL, replayed_task_id = NULL, replay_id = NULL, closed_by = NULL
    FROM gone WHERE l.replayed_task_id = gone.id
    RETURNING l.id::text, l.name, l.content_id AS "contentId", l.target_id::text AS "targetId"`;
  await Events.append(
    tx,
    rows.map(({ id, name, contentId, targetId }) => ({
      type: 'task.replay_cancelled',
      contentId,
      targetId,
      payload: { task: name, dead_letter_id: id, replay_id: replayId, by },
    })),
  );
  return rows.length;
}
