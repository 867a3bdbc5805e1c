import type { Generation, QueueName, WakeUp } from '@vaultstream/contracts';
import type { Statements } from '../database/statements.ts';
import { Prisma } from '../generated/client.ts';

/** Most tasks of one queue that are handed over in one statement. */
const batchSize = 500;

interface TakenRow {
  id: string;
  queue: QueueName;
  generation: number;
  priority: number;
  request_id: string | null;
  traceparent: string | null;
}

/** `ready` to `queued`. See TaskStore.takeReady. */
export async function takeReady(
  client: Statements,
  bounds: Partial<Record<QueueName, number>>,
  broker: string,
): Promise<WakeUp[]> {
  const picks = Object.entries(bounds).map(
    ([queue, bound]) => Prisma.sql`SELECT id, priority, run_at FROM (
      SELECT id, priority, run_at FROM tasks WHERE queue = ${queue} AND state = 'ready' AND run_at <= clock_timestamp()
      ORDER BY priority, run_at, id
      LIMIT greatest(0, least(${batchSize}::int, ${bound}::int
        - (SELECT count(*) FROM tasks WHERE queue = ${queue} AND state = 'queued')))
      FOR UPDATE SKIP LOCKED) AS pick`,
  );
  if (picks.length === 0) return [];
  const rows = await client.$queryRaw<TakenRow[]>`
    WITH due AS MATERIALIZED (${Prisma.join(picks, ' UNION ALL ')}),
    taken AS (
      UPDATE tasks SET state = 'queued', generation = generation + 1, broker = ${broker}, queued_at = clock_timestamp()
      FROM due WHERE tasks.id = due.id RETURNING tasks.*)
    SELECT id::text, queue, generation, priority, request_id, traceparent FROM taken ORDER BY priority, run_at, id`;
  return rows.map((row) => ({
    taskId: row.id,
    queue: row.queue,
    generation: row.generation,
    priority: row.priority,
    trace: { request_id: row.request_id, traceparent: row.traceparent },
  }));
}

/** See TaskStore.nextDueMs. */
export async function nextDueMs(client: Statements, queues: readonly QueueName[]): Promise<number | null> {
  const [row] = await client.$queryRaw<{ ms: number | null }[]>`
    SELECT (extract(epoch FROM min(run_at) - clock_timestamp()) * 1000)::float8 AS ms FROM tasks
    WHERE state = 'ready' AND run_at > clock_timestamp() AND queue = ANY(${[...queues]}::text[])`;
  return row?.ms ?? null;
}

/** See TaskStore.putBack. */
export function putBack(client: Statements, generations: readonly Generation[], delayMs: number): Promise<number> {
  return client.$executeRaw`
    UPDATE tasks SET state = 'ready', broker = NULL, queued_at = NULL,
      run_at = greatest(run_at, clock_timestamp() + make_interval(secs => ${delayMs}::float8 / 1000))
    WHERE state = 'queued' AND (id, generation) IN (${pairs(generations)})`;
}

/** See TaskStore.staleQueued. */
export async function staleQueued(
  client: Statements,
  olderThanMs: number,
  limit: number,
): Promise<(Generation & { queue: QueueName; broker: string })[]> {
  return client.$queryRaw`
    SELECT id::text AS "taskId", generation, queue, coalesce(broker, '') AS broker FROM tasks
    WHERE state = 'queued' AND queued_at < clock_timestamp() - make_interval(secs => ${olderThanMs}::float8 / 1000)
    ORDER BY queued_at LIMIT ${limit}`;
}

/** See TaskStore.confirmQueued. */
export async function confirmQueued(client: Statements, generations: readonly Generation[]): Promise<void> {
  await client.$executeRaw`
    UPDATE tasks SET queued_at = clock_timestamp() WHERE state = 'queued' AND (id, generation) IN (${pairs(generations)})`;
}

function pairs(generations: readonly Generation[]): Prisma.Sql {
  const ids = generations.map((entry) => entry.taskId);
  const numbers = generations.map((entry) => entry.generation);
  return Prisma.sql`SELECT * FROM unnest(${ids}::uuid[], ${numbers}::int[])`;
}
