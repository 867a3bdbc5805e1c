import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientBase } from 'pg';
import { InfrastructureError } from '@vaultstream/contracts';
import type { Logger } from '@vaultstream/runtime';
import { createMigrationsTable, pendingMigrations, recordMigration } from './applied-migrations.ts';
import { connectForDeploy } from './connect.ts';
import { readMigrations, type MigrationFile } from './migration-files.ts';

/** Further idempotent set-up of the database by another owner of tables, such as BullMQ's. Runs under the same lock, after the files. */
export type DeployStep = (client: ClientBase) => Promise<void>;

/** The key of Prisma's own advisory lock (schema-engine, `acquire_lock`): its CLI and this runner wait for each other. */
export const deployLock = 72_707_369;

/**
 * Brings a database up to date: each pending migration in a transaction of its own, in order, then the steps. Any number of processes
 * may do so at once: one works, the others wait and find nothing left to do.
 * @param dir Folder in Prisma's layout; the workspace's `prisma/migrations` by default.
 * @returns The names of the migrations that ran.
 * @throws Conflict when files and database contradict each other (see `pendingMigrations`); InfrastructureError when the database is
 *   away, or naming the migration that failed (it was rolled back).
 */
export async function deployMigrations(
  url: string,
  logger: Logger,
  steps: DeployStep[] = [],
  dir?: string,
): Promise<string[]> {
  const files = await readMigrations(dir);
  const client = await connectForDeploy(url);
  try {
    await client.query('SELECT pg_advisory_lock($1)', [deployLock]);
    await client.query(createMigrationsTable);
    const pending = await pendingMigrations(client, files);
    for (const file of pending) {
      await applyInTime(client, file, logger);
      logger.info({ name: 'migration.applied', migration: file.name }, 'migration applied');
    }
    for (const step of steps) await step(client);
    return pending.map(({ name }) => name);
  } finally {
    await client.end().catch(() => undefined); // ends the session, and its lock with it
  }
}

/**
 * Postgres queues everything else behind a change of a table that waits for its lock, and a backup holds such locks for as long as it reads. So a
 * migration waits only for as long as a statement of the product may, and is tried again.
 */
const lockMs = 2_000;
const againMs = 1_000;
const tries = 300;

async function applyInTime(client: ClientBase, file: MigrationFile, logger: Logger): Promise<void> {
  for (let left = tries; ; left--) {
    try {
      await apply(client, file);
      return;
    } catch (error) {
      if (left <= 1 || !isLockTimeout(error)) throw error;
      if (left === tries)
        logger.warn(
          { name: 'migration.waits', migration: file.name },
          'somebody holds a lock that the migration needs',
        );
      await sleep(againMs);
    }
  }
}

/** SQLSTATE 55P03, lock_not_available. */
const isLockTimeout = (error: unknown): boolean =>
  error instanceof InfrastructureError &&
  error.cause instanceof Error &&
  'code' in error.cause &&
  error.cause.code === '55P03';

async function apply(client: ClientBase, file: MigrationFile): Promise<void> {
  try {
    await client.query('BEGIN');
    await client.query(`SET LOCAL lock_timeout = ${lockMs}`);
    await client.query(file.sql);
    await recordMigration(client, file);
    await client.query('COMMIT');
  } catch (cause) {
    await client.query('ROLLBACK').catch(() => undefined);
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new InfrastructureError(`Migration ${file.name} failed and was rolled back: ${reason}`, { cause });
  }
}
