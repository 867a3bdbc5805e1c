import { FenceLost, type FailedTry, type Lease } from '@vaultstream/contracts';
import { toJson } from '../database/json.ts';
import type { Statements } from '../database/statements.ts';
import { Prisma } from '../generated/client.ts';
import { ringWhenSoon } from './bell.ts';

/**
 * That a run is under way, said so that rows are found by their id. To a planner that has last seen an empty log, the index of running tasks
 * is the shortest way to one of them; in a flood it holds all that has run since the last vacuum. Measured: 0.2 to 1.8 ms in place of 0.02 ms
 * to end one of 20,000.
 */
const running = Prisma.sql`state NOT IN ('ready', 'queued')`;

/** See TaskStore.renew. */
export async function renew(client: Statements, { taskId, fence }: Lease, leaseMs: number): Promise<boolean> {
  const held = await client.$executeRaw`
    UPDATE tasks SET lease_until = clock_timestamp() + make_interval(secs => ${leaseMs}::float8 / 1000)
    WHERE id = ${taskId}::uuid AND fence = ${fence}::int AND ${running}`;
  return held === 1;
}

/** See TaskStore.assertHeld. Shared, so that one run may have several transactions under way. @throws FenceLost */
export async function assertHeld(client: Statements, lease: Lease): Promise<void> {
  const rows = await client.$queryRaw<unknown[]>`
    SELECT 1 AS held FROM tasks WHERE id = ${lease.taskId}::uuid AND fence = ${lease.fence}::int AND ${running} FOR SHARE`;
  expectHeld(rows.length);
}

/** See TaskStore.finish. @throws FenceLost */
export async function finish(client: Statements, lease: Lease, redoable: boolean): Promise<void> {
  expectHeld(
    await client.$executeRaw`
      WITH commit AS MATERIALIZED (
        SELECT CASE WHEN ${redoable}::boolean THEN set_config('synchronous_commit', 'off', true) END AS mode)
      DELETE FROM tasks USING commit WHERE id = ${lease.taskId}::uuid AND fence = ${lease.fence}::int AND ${running}`,
  );
}

/** See TaskStore.retry. @throws FenceLost */
export async function retry(
  client: Statements,
  lease: Lease,
  failure: Omit<FailedTry, 'at'>,
  delayMs: number,
): Promise<void> {
  const rows = await client.$queryRaw<unknown[]>`
    WITH moved AS (
        UPDATE tasks SET state = 'ready', lease_until = NULL, leased_by = NULL, broker = NULL, queued_at = NULL,
          failures = failures + 1, run_at = clock_timestamp() + make_interval(secs => ${delayMs}::float8 / 1000),
          errors = errors || jsonb_build_array(${toJson(failure)}::jsonb || jsonb_build_object('at',
            to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))
        WHERE id = ${lease.taskId}::uuid AND fence = ${lease.fence}::int AND ${running} RETURNING id)
    SELECT ${ringWhenSoon(delayMs)} AS rung FROM moved`;
  expectHeld(rows.length);
}

/** See TaskStore.defer. Takes the start back: this run ended in good order. @throws FenceLost */
export async function defer(client: Statements, lease: Lease, delayMs: number): Promise<void> {
  const rows = await client.$queryRaw<unknown[]>`
    WITH moved AS (
        UPDATE tasks SET state = 'ready', lease_until = NULL, leased_by = NULL, broker = NULL, queued_at = NULL,
          starts = starts - 1, run_at = clock_timestamp() + make_interval(secs => ${delayMs}::float8 / 1000)
        WHERE id = ${lease.taskId}::uuid AND fence = ${lease.fence}::int AND ${running} RETURNING id)
    SELECT ${ringWhenSoon(delayMs)} AS rung FROM moved`;
  expectHeld(rows.length);
}

/** See TaskStore.handBack. Takes the starts back: these runs have not begun. */
export async function handBack(client: Statements, leases: readonly Lease[]): Promise<void> {
  await client.$queryRaw`
    WITH held AS MATERIALIZED (
      SELECT t.id FROM tasks t WHERE t.${running}
        AND (t.id, t.fence) IN (SELECT * FROM unnest(${leases.map(({ taskId }) => taskId)}::uuid[], ${leases.map(({ fence }) => fence)}::int[]))
      ORDER BY t.dedupe_key, t.id FOR UPDATE),
    moved AS (
      UPDATE tasks SET state = 'ready', lease_until = NULL, leased_by = NULL, broker = NULL, queued_at = NULL, starts = starts - 1
      FROM held WHERE tasks.id = held.id RETURNING tasks.id)
    SELECT ${ringWhenSoon(0)} AS rung FROM moved LIMIT 1`;
}

/** See TaskStore.finishAlone. Answers for each lease whether it was held. Rows are looked up as in `claimAll`. */
export async function finishAll(
  client: Statements,
  ends: readonly { lease: Lease; redoable: boolean }[],
): Promise<boolean[]> {
  const relaxed = ends.every(({ redoable }) => redoable);
  const rows = await client.$queryRaw<{ id: string; fence: number }[]>`
    WITH commit AS MATERIALIZED (
      SELECT CASE WHEN ${relaxed}::boolean THEN set_config('synchronous_commit', 'off', true) END AS mode),
    ended AS MATERIALIZED (
      SELECT e.*, (SELECT t.dedupe_key FROM tasks t WHERE t.id = e.id) AS dedupe_key
      FROM commit, unnest(${ends.map(({ lease }) => lease.taskId)}::uuid[], ${ends.map(({ lease }) => lease.fence)}::int[]) AS e(id, fence)
      ORDER BY dedupe_key, e.id),
    held AS MATERIALIZED (
      SELECT row.id FROM ended, LATERAL (
        SELECT t.id FROM tasks t WHERE t.id = ended.id AND t.fence = ended.fence AND t.${running} FOR UPDATE) AS row)
    DELETE FROM tasks USING held WHERE tasks.id = held.id RETURNING tasks.id::text, tasks.fence`;
  const done = new Set(rows.map((row) => `${row.id}-${row.fence}`));
  return ends.map(({ lease }) => done.has(`${lease.taskId}-${lease.fence}`));
}

/** @throws FenceLost when no row was held. */
export function expectHeld(rows: number): void {
  if (rows === 0) throw new FenceLost('the task was taken over, cancelled or has ended');
}
