import { queues, type Generation, type HandedOver, type QueueName, type WakeUp } from '@vaultstream/contracts';
import type { Statements } from '../database/statements.ts';
import { Prisma } from '../generated/client.ts';

/** Most tasks of one queue that are handed over in one statement. */
const batchSize = 512;

/** Into how many wake-ups tasks that are due together are spread, at least: so many consumers have a part in a flood. */
const spread = 8;

interface TakenRow {
  id: string;
  queue: QueueName;
  generation: number;
  priority: number;
  request_id: string | null;
  traceparent: string | null;
  /** Null: alone. Else the name of the first of its chunk. */
  wake_up: string | null;
}

/**
 * `ready` to `queued`. See TaskStore.takeReady. Its commit is not waited for: should the server fall and forget it, the tasks are handed over
 * once more under the same generations, and of two wake-ups of one generation one finds nothing to claim.
 */
export async function takeReady(
  client: Statements,
  bounds: Partial<Record<QueueName, number>>,
  broker: string,
): Promise<WakeUp[]> {
  const picks = (Object.entries(bounds) as [QueueName, number][]).map(
    ([queue, bound]) => Prisma.sql`SELECT * FROM (
      SELECT id, queue, priority, run_at, generation, CASE WHEN starts > failures THEN 1 ELSE ${queues[queue].tasksPerWakeUp}::int END AS most
      FROM tasks WHERE queue = ${queue} AND state = 'ready' AND run_at <= clock_timestamp()
      ORDER BY priority, run_at, id
      LIMIT least(${batchSize}::int, ${roomIn(queue, bound)})
      FOR UPDATE SKIP LOCKED) AS pick`,
  );
  if (picks.length === 0) return [];
  const rows = await client.$queryRaw<TakenRow[]>`
    WITH relaxed AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true) AS mode),
    due AS MATERIALIZED (${Prisma.join(picks, ' UNION ALL ')}),
    placed AS (
      SELECT id, queue, priority, run_at, most, id || '-' || (generation + 1) AS own,
        (row_number() OVER (kind ORDER BY run_at, id) - 1)
          / least(most, ceil(count(*) OVER kind / ${spread}::float8)::int) AS chunk
      FROM due WINDOW kind AS (PARTITION BY queue, priority, most)),
    led AS MATERIALIZED (
      SELECT id, nullif(first_value(own) OVER (PARTITION BY queue, priority, most, chunk ORDER BY run_at, id), own) AS leader FROM placed),
    taken AS (
      UPDATE tasks SET state = 'queued', generation = generation + 1, broker = ${broker}, wake_up = led.leader,
        queued_at = clock_timestamp()
      FROM led, relaxed WHERE tasks.id = led.id RETURNING tasks.*)
    SELECT id::text, queue, generation, priority, request_id, traceparent, wake_up FROM taken ORDER BY priority, run_at, id`;
  return gather(rows);
}

/**
 * How many more tasks of a queue may lie at the broker: an expression. Where wake-ups bear many, a flood is handed over in large pieces: as
 * long as half of the bound lies at the broker, nothing is added to it that would leave others behind. Each task that ends would else make
 * room for a wake-up of one.
 */
function roomIn(queue: QueueName, bound: number): Prisma.Sql {
  const room = Prisma.sql`SELECT greatest(0, ${bound}::int - count(*)::int) AS free FROM tasks WHERE queue = ${queue} AND state = 'queued'`;
  if (queues[queue].tasksPerWakeUp === 1) return Prisma.sql`(${room})`;
  return Prisma.sql`(SELECT CASE WHEN free * 2 >= ${bound}::int OR free >= (
      SELECT count(*) FROM (SELECT 1 FROM tasks WHERE queue = ${queue} AND state = 'ready' AND run_at <= clock_timestamp()
        LIMIT free + 1) AS waiting)
    THEN free ELSE 0 END FROM (${room}) AS room)`;
}

/** One wake-up for each row that leads a chunk or is alone, in the order of the rows. */
function gather(rows: readonly TakenRow[]): WakeUp[] {
  const followers = Map.groupBy(
    rows.filter(({ wake_up }) => wake_up !== null),
    ({ wake_up }) => wake_up,
  );
  return rows
    .filter(({ wake_up }) => wake_up === null)
    .map((row) => {
      const others = followers.get(`${row.id}-${row.generation}`);
      return {
        taskId: row.id,
        queue: row.queue,
        generation: row.generation,
        priority: row.priority,
        trace: { request_id: row.request_id, traceparent: row.traceparent },
        ...(others && { others: others.map(({ id, generation }) => ({ taskId: id, generation })) }),
      };
    });
}

/** See TaskStore.nextDueMs. */
export async function nextDueMs(client: Statements, names: readonly QueueName[]): Promise<number | null> {
  const [row] = await client.$queryRaw<{ ms: number | null }[]>`
    SELECT CASE
      WHEN EXISTS (SELECT 1 FROM tasks
        WHERE state = 'ready' AND run_at <= clock_timestamp() AND queue = ANY(${[...names]}::text[])) THEN 0
      ELSE (SELECT extract(epoch FROM min(run_at) - clock_timestamp()) * 1000 FROM tasks
        WHERE state = 'ready' AND run_at > clock_timestamp() AND queue = ANY(${[...names]}::text[])) END::float8 AS ms`;
  const ms = row?.ms ?? null;
  return ms === null ? null : Math.max(0, ms);
}

/** See TaskStore.putBack. */
export function putBack(client: Statements, generations: readonly Generation[], delayMs: number): Promise<number> {
  return client.$executeRaw`
    UPDATE tasks SET state = 'ready', broker = NULL, queued_at = NULL,
      run_at = greatest(run_at, clock_timestamp() + make_interval(secs => ${delayMs}::float8 / 1000))
    WHERE state = 'queued' AND (id, generation) IN (${pairs(generations)})`;
}

/** See TaskStore.staleQueued. */
export async function staleQueued(client: Statements, olderThanMs: number, limit: number): Promise<HandedOver[]> {
  const rows = await client.$queryRaw<(Omit<HandedOver, 'wakeUp'> & { wakeUp: string | null })[]>`
    SELECT id::text AS "taskId", generation, queue, coalesce(broker, '') AS broker, wake_up AS "wakeUp" FROM tasks
    WHERE state = 'queued' AND queued_at < clock_timestamp() - make_interval(secs => ${olderThanMs}::float8 / 1000)
    ORDER BY queued_at LIMIT ${limit}`;
  return rows.map(({ wakeUp, ...row }) => ({ ...row, ...(wakeUp !== null && { wakeUp }) }));
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
