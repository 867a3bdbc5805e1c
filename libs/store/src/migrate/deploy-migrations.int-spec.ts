import { createHash } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { emptyDatabase, eventually, tempDir, type TestDatabase } from '@vaultstream/testing';
import { quiet } from '../../test/embedded/quiet.ts';
import { withClient } from './databases.ts';
import { deployMigrations } from './deploy-migrations.ts';
import { readMigrations } from './migration-files.ts';

let folder: Awaited<ReturnType<typeof tempDir>>;
let database: TestDatabase;

beforeEach(async () => {
  folder = await tempDir();
  database = await emptyDatabase();
});
afterEach(async () => {
  await database.drop();
  await folder.remove();
});

async function write(name: string, sql: string): Promise<void> {
  await mkdir(join(folder.path, name), { recursive: true });
  await writeFile(join(folder.path, name, 'migration.sql'), sql);
}

const deploy = (steps: Parameters<typeof deployMigrations>[2] = []) =>
  deployMigrations(database.url, quiet, steps, folder.path);
const ask = (sql: string) =>
  withClient(database.url, async (client) => (await client.query<Record<string, unknown>>(sql)).rows);

const first = "CREATE TABLE notes (id int PRIMARY KEY, text text DEFAULT ';');\nINSERT INTO notes VALUES (1);";

describe('deployMigrations', () => {
  it('runs what is pending, in order, once, and writes what Prisma would write', async () => {
    await write('20260102000000_second', 'ALTER TABLE notes ADD COLUMN more int');
    await write('20260101000000_first', first);
    expect(await deploy()).toEqual(['20260101000000_first', '20260102000000_second']);
    expect(await deploy()).toEqual([]);
    const rows = await ask('SELECT * FROM _prisma_migrations ORDER BY migration_name');
    expect(rows).toHaveLength(2);
    expect(rows[0]).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      checksum: createHash('sha256').update(first).digest('hex'),
      finished_at: expect.any(Date),
      migration_name: '20260101000000_first',
      logs: null,
      rolled_back_at: null,
      started_at: expect.any(Date),
      applied_steps_count: 1,
    });
  });

  it('K8: waits for a table that somebody reads without holding up those who come after', async () => {
    await write('20260101000000_first', first);
    await deploy();
    await write('20260102000000_more', 'ALTER TABLE notes ADD COLUMN more int');
    await withClient(database.url, async (reader) => {
      await reader.query('BEGIN; SELECT * FROM notes');
      const deploying = deploy();
      const waits = `SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'notes'::regclass`;
      const waiting = async () => (await ask(waits)).length > 0;
      await eventually(waiting);
      // Queued behind the migration, and served as soon as that has given up for a moment.
      expect(await ask('SELECT id FROM notes')).toEqual([{ id: 1 }]);
      await eventually(waiting);
      await reader.query('COMMIT');
      expect(await deploying).toEqual(['20260102000000_more']);
    });
  });

  it('K6: the release before lives with what a newer one has added, and with nothing that it has taken away', async () => {
    await write('20260101000000_first', first);
    await deploy();
    const after = '20260102000000_more';
    const newer = async (mark: string, sql: string) => {
      await write(after, `${mark}\n${sql}`);
      expect(await deploy()).toEqual([after]);
      // The files of the release before.
      await rm(join(folder.path, after), { recursive: true });
    };
    await newer('-- expand: fine', 'ALTER TABLE notes ADD COLUMN more int');
    expect(await ask('SELECT logs FROM _prisma_migrations ORDER BY migration_name')).toEqual([
      { logs: null },
      { logs: '-- expand' },
    ]);
    expect(await deploy()).toEqual([]);
    // One that lies between two of its own is none that came later.
    await write('20260103000000_own', 'CREATE TABLE own (id int)');
    await expect(deploy()).rejects.toThrow(`has seen migration ${after}`);
    await rm(join(folder.path, '20260103000000_own'), { recursive: true });

    await ask(`DELETE FROM _prisma_migrations WHERE migration_name = '${after}'`);
    await newer('-- contract: not fine', 'ALTER TABLE notes DROP COLUMN text');
    await expect(deploy()).rejects.toMatchObject({
      name: 'Conflict',
      message: expect.stringContaining('does not know and cannot live with'),
    });
  });

  it('every migration of the product says which of the two it is', async () => {
    // Those of before this was asked for are left as they ran.
    const asked = (await readMigrations()).filter(({ name }) => name >= '20261128');
    expect(asked.length).toBeGreaterThan(0);
    for (const { name, sql } of asked)
      expect([name, sql.slice(0, 12)]).toEqual([name, expect.stringMatching(/^-- (?:expand|contract)/)]);
  });

  it('K8: of five that start at once one works, the others wait and find nothing to do', async () => {
    await write('20260101000000_first', `${first} SELECT pg_sleep(0.2);`);
    let steps = 0;
    const done = await Promise.all(
      Array.from({ length: 5 }, () =>
        deploy([
          async (client) => {
            expect((await client.query('SELECT 1 FROM notes')).rowCount).toBe(1);
            steps += 1;
          },
        ]),
      ),
    );
    expect(done.flat()).toEqual(['20260101000000_first']);
    expect(steps).toBe(5);
  });

  it('takes a failed migration back as a whole, names it, and keeps those before it', async () => {
    await write('20260101000000_first', first);
    await write('20260102000000_bad', 'CREATE TABLE half (id int); INSERT INTO notes VALUES (1);');
    await expect(deploy()).rejects.toMatchObject({
      name: 'InfrastructureError',
      message: expect.stringMatching(/^Migration 20260102000000_bad failed and was rolled back: duplicate key/),
    });
    expect(await ask("SELECT to_regclass('half') AS half")).toEqual([{ half: null }]);
    await write('20260102000000_bad', 'CREATE TABLE half (id int);');
    expect(await deploy()).toEqual(['20260102000000_bad']);
  });

  it('refuses a migration that was changed after it ran', async () => {
    await write('20260101000000_first', first);
    await deploy();
    await write('20260101000000_first', `${first} `);
    await expect(deploy()).rejects.toMatchObject({
      name: 'Conflict',
      message: expect.stringMatching(/^Migration 20260101000000_first was changed after it ran/),
    });
  });

  it('refuses a database that a newer version has written', async () => {
    await write('20260101000000_first', first);
    await write('20260102000000_newer', 'SELECT 1');
    await deploy();
    await rm(join(folder.path, '20260102000000_newer'), { recursive: true });
    await expect(deploy()).rejects.toMatchObject({
      name: 'Conflict',
      message: expect.stringMatching(
        /20260102000000_newer, which this VaultStream does not know and cannot live with: a newer version/,
      ),
    });
  });

  it("refuses one that failed half-way under Prisma's CLI, until it is marked as rolled back", async () => {
    await write('20260101000000_first', first);
    await deploy();
    await ask(`UPDATE _prisma_migrations SET finished_at = NULL`);
    await expect(deploy()).rejects.toThrow(/failed half-way/);
    await ask(`UPDATE _prisma_migrations SET rolled_back_at = now(); DROP TABLE notes`);
    expect(await deploy()).toEqual(['20260101000000_first']);
  });

  it('says in one line which database is away', async () => {
    const away = new URL(database.url);
    away.port = '1';
    await expect(deployMigrations(away.href, quiet, [], folder.path)).rejects.toMatchObject({
      name: 'InfrastructureError',
      message: `The database of DATABASE_URL cannot be reached at ${away.hostname}:1 to bring it up to date (ECONNREFUSED).`,
    });
  });
});
