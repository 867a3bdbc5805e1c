import { afterAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { readMigrations } from '@vaultstream/store/migrate';
import { testDatabase, type TestDatabase } from './test-database.ts';

const made: TestDatabase[] = [];
afterAll(() => Promise.all(made.map((database) => database.drop())));

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('testDatabase', () => {
  it('gives each of many callers at once a database of its own with all migrations', async () => {
    made.push(...(await Promise.all(Array.from({ length: 8 }, () => testDatabase()))));
    expect(new Set(made.map(({ url }) => url)).size).toBe(8);
    const names = (await readMigrations()).map(({ name }) => name);
    for (const { url } of made) {
      const rows = await query(url, 'SELECT migration_name FROM _prisma_migrations ORDER BY 1');
      expect(rows.map((row) => row.migration_name)).toEqual(names);
    }
  });

  it('keeps them apart, and drop removes one that is in use', async () => {
    const [one, two] = [await testDatabase(), await testDatabase()];
    made.push(two);
    await query(one.url, 'CREATE TABLE only_here (id int)');
    expect(await query(two.url, `SELECT to_regclass('only_here') AS found`)).toEqual([{ found: null }]);
    const busy = new pg.Client({ connectionString: one.url });
    busy.on('error', () => undefined);
    await busy.connect();
    await one.drop();
    await expect(query(one.url, 'SELECT 1')).rejects.toMatchObject({ code: '3D000' });
  });
});
