import {
  ScheduleStore,
  taskNames,
  type AnyNewTask,
  type ScheduleDefinition,
  type TaskName,
  type Tx,
} from '@vaultstream/contracts';
import { currentTrace } from '@vaultstream/runtime';
import type { Database } from '../database/database.ts';
import { toJson } from '../database/json.ts';
import { openTx } from '../database/tx.ts';
import { appendTasks } from './append-tasks.ts';

/** The `schedules` table. */
export class PostgresSchedules extends ScheduleStore {
  constructor(private readonly db: Database) {
    super();
  }

  override async ensure(schedules: readonly ScheduleDefinition[]): Promise<void> {
    await this.db.transact(async (tx) => {
      for (const { name, task, payload, everyS, offsetS } of schedules)
        // A run that is due already is not put off.
        await openTx(tx).$executeRaw`
          INSERT INTO schedules AS s (name, task, payload, every_s, next_run_at)
          SELECT ${name}, ${task}, ${toJson(payload)}::jsonb, ${everyS}::int, coalesce(to_timestamp(${offsetS ?? null}::float8
            + (floor((extract(epoch FROM now())::float8 - ${offsetS ?? null}::float8) / ${everyS}::int) + 1) * ${everyS}::int), now())
          ON CONFLICT (name) DO UPDATE SET task = EXCLUDED.task, payload = EXCLUDED.payload, every_s = EXCLUDED.every_s,
            next_run_at = CASE WHEN ${offsetS ?? null}::float8 IS NULL OR s.next_run_at <= now()
              OR mod(extract(epoch FROM s.next_run_at)::bigint, ${everyS}::int) = ${offsetS ?? null}::float8
              THEN s.next_run_at ELSE EXCLUDED.next_run_at END`;
    });
  }

  /** @throws AggregateError when some schedules could not run; the others have. */
  override async runDue(): Promise<string[]> {
    const due = await this.db.reading(
      (client) => client.$queryRaw<{ name: string }[]>`
        SELECT name FROM schedules
        WHERE enabled AND next_run_at <= clock_timestamp() AND task = ANY(${taskNames}::text[]) ORDER BY next_run_at`,
    );
    const ran: string[] = [];
    const errors: unknown[] = [];
    for (const { name } of due) {
      try {
        if (await this.db.transact((tx) => this.tick(tx, name))) ran.push(name);
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw new AggregateError(errors, 'some schedules could not run');
    return ran;
  }

  /** False when another process was faster. */
  private async tick(tx: Tx, name: string): Promise<boolean> {
    const client = openTx(tx);
    const [row] = await client.$queryRaw<{ task: TaskName; payload: unknown }[]>`
      UPDATE schedules SET last_run_at = clock_timestamp(), next_run_at = next_run_at + make_interval(secs =>
        every_s * (floor(extract(epoch FROM clock_timestamp() - next_run_at)::float8 / every_s) + 1))
      WHERE name = (SELECT name FROM schedules WHERE name = ${name} AND enabled AND next_run_at <= clock_timestamp()
                    FOR UPDATE SKIP LOCKED)
      RETURNING task, payload`;
    if (row === undefined) return false;
    // A tick that comes while the task of the last one still lives adds nothing.
    const task = { name: row.task, payload: row.payload, dedupeKey: `schedule.${name}`, trace: currentTrace() };
    await appendTasks(client, [task as AnyNewTask]);
    return true;
  }
}
