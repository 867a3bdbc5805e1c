import type { ClientBase } from 'pg';
import { Conflict } from '@vaultstream/contracts';
import { expandMark, type MigrationFile } from './migration-files.ts';

/** Prisma's own table, column for column, so that `prisma migrate deploy` and this runner continue each other's work. */
export const createMigrationsTable = `
  CREATE TABLE IF NOT EXISTS _prisma_migrations (
    id                  VARCHAR(36) PRIMARY KEY NOT NULL,
    checksum            VARCHAR(64) NOT NULL,
    finished_at         TIMESTAMPTZ,
    migration_name      VARCHAR(255) NOT NULL,
    logs                TEXT,
    rolled_back_at      TIMESTAMPTZ,
    started_at          TIMESTAMPTZ NOT NULL DEFAULT now(),
    applied_steps_count INTEGER NOT NULL DEFAULT 0
  )`;

interface AppliedRow {
  migration_name: string;
  checksum: string;
  logs: string | null;
  finished: boolean;
}

/**
 * Which of `files` still have to run. Only reads. What newer releases have added without taking anything away is left alone, so that this one
 * can be started beside them, and after them.
 * @throws Conflict when the database and the files tell different stories: a file changed after it ran, the database has seen a
 *   migration that these files do not know and cannot live with, or one failed half-way (under Prisma's CLI; here it is rolled back).
 */
export async function pendingMigrations(client: ClientBase, files: MigrationFile[]): Promise<MigrationFile[]> {
  const { rows: tables } = await client.query<{ found: string | null }>(
    "SELECT to_regclass('_prisma_migrations') AS found",
  );
  if (tables[0]?.found === null) return files;
  const { rows } = await client.query<AppliedRow>(
    `SELECT migration_name, checksum, logs, finished_at IS NOT NULL AS finished
       FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY migration_name COLLATE "C"`,
  );
  for (const row of rows) {
    const file = files.find(({ name }) => name === row.migration_name);
    if (!file && row.finished && row.logs === expandMark && row.migration_name > (files.at(-1)?.name ?? '')) continue;
    if (!file)
      throw new Conflict(
        `The database has seen migration ${row.migration_name}, which this VaultStream does not know and cannot live with: a newer version wrote it. Start that version, or restore the backup made before the update.`,
      );
    if (!row.finished)
      throw new Conflict(
        `Migration ${row.migration_name} failed half-way. Repair the database, then set rolled_back_at in _prisma_migrations and start again.`,
      );
    if (file.checksum !== row.checksum)
      throw new Conflict(
        `Migration ${row.migration_name} was changed after it ran on this database. Restore the file; put changes into a new migration.`,
      );
  }
  const applied = new Set(rows.map((row) => row.migration_name));
  return files.filter(({ name }) => !applied.has(name));
}

/** Notes a migration as done, and in Prisma's column for logs whether older releases can live with it; in the transaction that did it. */
export async function recordMigration(client: ClientBase, { name, checksum, expands }: MigrationFile): Promise<void> {
  await client.query(
    `INSERT INTO _prisma_migrations (id, checksum, migration_name, logs, started_at, finished_at, applied_steps_count)
     VALUES (gen_random_uuid(), $1, $2, $3, now(), clock_timestamp(), 1)`,
    [checksum, name, expands ? expandMark : null],
  );
}
