import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ClientBase } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { BadPayload, Conflict, InfrastructureError, isVaultError } from '@vaultstream/contracts';
import { createMigrationsTable, recordMigration } from '../migrate/applied-migrations.ts';
import { connectForDeploy } from '../migrate/connect.ts';
import { deployLock } from '../migrate/deploy-migrations.ts';
import { readMigrations, type MigrationFile } from '../migrate/migration-files.ts';
import { copyPlan, quote, sequencePlan } from './copy-plan.ts';
import { putRight, type PutRight, type PutRightOptions } from './put-right.ts';
import type { SequenceState, SnapshotFacts } from './snapshot.ts';
import { dataTables, tableRules } from './table-rules.ts';

/** A table of a backup. */
export interface StoredTable {
  table: string;
  columns: readonly string[];
  rows: number;
  /** Its rows in Postgres' text format. */
  open(): Readable;
}

export interface RestoreOptions extends PutRightOptions {
  facts: Pick<SnapshotFacts, 'migrations' | 'sequences' | 'eventMonths'>;
  tables: readonly StoredTable[];
  /** Whether what is there now may go. */
  replace: boolean;
  /** Folder in Prisma's layout; the workspace's by default. */
  migrations?: string | undefined;
}

/** Milliseconds that a restore waits for a lock: nobody else should be there. */
const lockWaitMs = 10_000;

/**
 * Brings the rows of a backup into a database, all in one transaction: a restore that fails or is killed leaves what was there before. The
 * schema is made as it was for the backup, filled, and then brought up to date by the migrations that came since.
 * @throws Conflict for a database that holds data (without `replace`) or that VaultStream runs on, and for a backup of a newer release;
 *   BadPayload for rows that do not fit; InfrastructureError when the database is away.
 */
export async function restoreRows(url: string, options: RestoreOptions): Promise<PutRight> {
  const files = await readMigrations(options.migrations);
  const unknown = options.facts.migrations.find((name) => !files.some((file) => file.name === name));
  if (unknown !== undefined)
    throw new Conflict(
      `The backup has seen migration ${unknown}: a newer VaultStream made it. Restore it with that one.`,
    );
  return inDatabase(url, async (client) => {
    await assertFree(client, options.replace);
    const then = files.filter(({ name }) => options.facts.migrations.includes(name));
    await dropOurs(client);
    await client.query(createMigrationsTable);
    await migrate(client, then);
    for (const month of options.facts.eventMonths) await makePartition(client, month);
    await fill(client, options.tables);
    await setSequences(client, options.facts.sequences);
    await migrate(
      client,
      files.filter((file) => !then.includes(file)),
    );
    return putRight(client, options);
  });
}

/**
 * Looks whether `restoreRows` may begin, and changes nothing.
 * @throws Conflict when it may not; InfrastructureError when the database is away.
 */
export async function assertRestorable(url: string, replace: boolean): Promise<void> {
  await inDatabase(url, (client) => assertFree(client, replace));
}

async function assertFree(client: ClientBase, replace: boolean): Promise<void> {
  if (!replace && (await holdsData(client))) throw new Conflict(inTheWay);
}

/**
 * Puts right a database that another tool has restored, such as `pg_restore`.
 * @throws Conflict when VaultStream runs on it; InfrastructureError when it is away.
 */
export async function finishRestore(url: string, options: PutRightOptions): Promise<PutRight> {
  return inDatabase(url, (client) => putRight(client, options));
}

const inTheWay =
  'This database holds data already. A restore would replace all of it: say --replace if that is what you want, or choose another DATA_DIR or DATABASE_URL.';

/** One transaction on a database that nobody else uses. */
async function inDatabase<T>(url: string, work: (client: ClientBase) => Promise<T>): Promise<T> {
  const client = await connectForDeploy(url);
  try {
    await client.query(
      `SET application_name = 'vaultstream-restore'; SET lock_timeout = ${lockWaitMs}; SET TimeZone = 'UTC'`,
    );
    await client.query('SELECT pg_advisory_lock($1)', [deployLock]);
    await refuseCompany(client);
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    // The end of the session, below, rolls back.
    throw explained(error);
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function refuseCompany(client: ClientBase): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT DISTINCT application_name AS name FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name LIKE 'vaultstream%'`,
  );
  if (rows.length > 0)
    throw new Conflict(
      `VaultStream is running on this database (${rows.map(({ name }) => name).join(', ')}): stop all its processes first.`,
    );
}

async function holdsData(client: ClientBase): Promise<boolean> {
  for (const table of dataTables) {
    const { rows: found } = await client.query<{ there: boolean }>('SELECT to_regclass($1) IS NOT NULL AS there', [
      table,
    ]);
    if (found[0]?.there !== true) continue;
    const { rows } = await client.query<{ any: boolean }>(`SELECT EXISTS (SELECT 1 FROM ${table}) AS any`);
    if (rows[0]?.any === true) return true;
  }
  return false;
}

/** What migrations have made: our tables and functions. Extensions, and tables of others, stay. */
async function dropOurs(client: ClientBase): Promise<void> {
  const tables = Object.keys(tableRules).map(quote).join(', ');
  await client.query(`DROP TABLE IF EXISTS ${tables} CASCADE`);
  const { rows } = await client.query<{ call: string }>(
    `SELECT p.oid::regprocedure::text AS call FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND p.prokind = 'f'
       AND NOT EXISTS (SELECT 1 FROM pg_depend e WHERE e.classid = 'pg_proc'::regclass AND e.objid = p.oid AND e.deptype = 'e')`,
  );
  for (const { call } of rows) await client.query(`DROP FUNCTION IF EXISTS ${call} CASCADE`);
}

async function migrate(client: ClientBase, files: readonly MigrationFile[]): Promise<void> {
  for (const file of files) {
    await client.query(file.sql);
    await recordMigration(client, file);
  }
}

/** As `EventPartitions` makes them. @param month Such as `2026-11`. */
async function makePartition(client: ClientBase, month: string): Promise<void> {
  const [year = 0, number = 0] = month.split('-').map(Number);
  const first = (shift: number) => new Date(Date.UTC(year, number - 1 + shift, 1)).toISOString();
  await client.query(
    `CREATE TABLE ${quote(`events_${month.replace('-', '_')}`)} PARTITION OF events FOR VALUES FROM ('${first(0)}') TO ('${first(1)}')`,
  );
}

/** Parents first, so that foreign keys are checked as always; without our own triggers, which would take these writes for news. */
async function fill(client: ClientBase, tables: readonly StoredTable[]): Promise<void> {
  const stored = new Map(tables.map((table) => [table.table, table]));
  const plans = await copyPlan(client);
  for (const { table } of tables)
    if (!plans.some((plan) => plan.table === table))
      throw new Conflict(`The backup holds a table ${table}, which is not known here.`);
  for (const { table } of plans) {
    const source = stored.get(table);
    if (!source) continue;
    await client.query(`ALTER TABLE ${quote(table)} DISABLE TRIGGER USER`);
    const target = client.query(copyFrom(`COPY ${quote(table)} (${source.columns.map(quote).join(', ')}) FROM STDIN`));
    await pipeline(source.open(), target);
    if (target.rowCount !== source.rows)
      throw new BadPayload(
        `The table ${table} of the backup has ${target.rowCount} rows, and should have ${source.rows}.`,
      );
    await client.query(`ALTER TABLE ${quote(table)} ENABLE TRIGGER USER`);
  }
}

/** A number that was given out is not given out again, even where its row is gone. */
async function setSequences(client: ClientBase, states: readonly SequenceState[]): Promise<void> {
  const last = new Map(states.map((state) => [state.sequence, state.last]));
  for (const { sequence, table, column } of await sequencePlan(client))
    await client.query(
      `SELECT setval($1::regclass, highest) FROM (
         SELECT greatest($2::bigint, (SELECT max(${quote(column)}) FROM ${quote(table)})::bigint) AS highest) AS state
       WHERE highest IS NOT NULL`,
      [quote(sequence), last.get(sequence) ?? null],
    );
}

/** Errors of the rows themselves are the backup's, the others the database's. */
function explained(error: unknown): Error {
  if (isVaultError(error) || !(error instanceof Error)) return error as Error;
  const code = 'code' in error ? String(error.code) : '';
  // Classes 22 and 23 of SQLSTATE: data that a type or a constraint does not take.
  if (/^2[23]...$/.test(code))
    return new BadPayload(`The rows of the backup do not fit: ${error.message}`, { cause: error });
  if (code === '53100')
    return new InfrastructureError('The disk of the database is full: make room and restore again.', { cause: error });
  if (code === '55P03')
    return new Conflict('Somebody else uses this database and holds its tables: end those sessions first.', {
      cause: error,
    });
  return /^[0-9A-Z]{5}$/.test(code)
    ? new InfrastructureError(`The database refuses the restore: ${error.message}`, { cause: error })
    : error;
}
