import type { ClaimedTask, FailedTry, Generation, QueueName } from '@vaultstream/contracts';
import type { Statements } from '../database/statements.ts';

/** A wake-up, and who wants to run it for how long. */
export interface ClaimWish extends Generation {
  worker: string;
  leaseMs: number;
}

interface ClaimedRow {
  id: string;
  fence: number;
  generation: number;
  name: string;
  queue: QueueName;
  payload: unknown;
  content_id: number | null;
  target_id: string | null;
  request_id: string | null;
  traceparent: string | null;
  errors: FailedTry[];
  failures: number;
  starts: number;
  wait_ms: number;
}

const nameOf = ({ taskId, generation }: Generation): string => `${taskId}-${generation}`;

/**
 * See TaskStore.claim. A run whose lease is over is taken over without waiting for a relay to notice. Rows that somebody else holds locked are
 * waited for, in the order in which all lock tasks: to pass one over would leave it to the sweep, seconds later. Each is looked up by itself
 * (LATERAL): the planner, which knows this table only as it was a minute ago, would rather read all that is queued.
 *
 * Its commit is not waited for (`synchronous_commit`): should the server fall within the next moment and forget it, the row says `queued`
 * again, what this run writes is refused by its fence, and the sweep sends another wake-up. The write-ahead log keeps the order: whatever
 * the run commits later makes this durable too.
 */
export async function claimAll(client: Statements, wishes: readonly ClaimWish[]): Promise<(ClaimedTask | null)[]> {
  const rows = await client.$queryRaw<ClaimedRow[]>`
    WITH relaxed AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true)),
    wish AS MATERIALIZED (
      SELECT w.*, (SELECT t.dedupe_key FROM tasks t WHERE t.id = w.id) AS dedupe_key
      FROM relaxed, unnest(${wishes.map((wish) => wish.taskId)}::uuid[], ${wishes.map((wish) => wish.generation)}::int[],
        ${wishes.map((wish) => wish.worker)}::text[], ${wishes.map((wish) => wish.leaseMs)}::float8[]) AS w(id, generation, worker, lease_ms)
      ORDER BY dedupe_key, w.id),
    open AS MATERIALIZED (
      SELECT row.id, wish.worker, wish.lease_ms FROM wish, LATERAL (
        SELECT t.id FROM tasks t WHERE t.id = wish.id AND t.generation = wish.generation
          AND (t.state = 'queued' OR (t.state = 'running' AND t.lease_until < clock_timestamp()))
        FOR UPDATE) AS row)
    UPDATE tasks SET state = 'running', fence = fence + 1, starts = starts + 1, leased_by = open.worker,
      lease_until = clock_timestamp() + make_interval(secs => open.lease_ms / 1000)
    FROM open WHERE tasks.id = open.id
    RETURNING tasks.id::text, fence, generation, name, queue, payload, content_id, target_id::text, request_id, traceparent, errors,
      failures, starts, greatest(0, extract(epoch FROM clock_timestamp() - run_at) * 1000)::float8 AS wait_ms`;
  const claimed = new Map(rows.map((row) => [nameOf({ taskId: row.id, generation: row.generation }), toClaimed(row)]));
  return wishes.map((wish) => {
    const name = nameOf(wish);
    const task = claimed.get(name);
    // A wake-up that came twice is one run: two with the same fence would both be let through.
    claimed.delete(name);
    return task ?? null;
  });
}

function toClaimed(row: ClaimedRow): ClaimedTask {
  return {
    lease: { taskId: row.id, fence: row.fence },
    name: row.name,
    queue: row.queue,
    payload: row.payload,
    contentId: row.content_id,
    targetId: row.target_id,
    trace: { request_id: row.request_id, traceparent: row.traceparent },
    errors: row.errors,
    failures: row.failures,
    starts: row.starts,
    waitMs: Math.round(row.wait_ms),
  };
}
