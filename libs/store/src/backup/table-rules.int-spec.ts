import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runMigrations } from 'bullmq';
import { testDatabase, type TestDatabase } from '@vaultstream/testing';
import { withClient } from '../migrate/databases.ts';
import { Snapshot } from './snapshot.ts';
import { dataTables, omittedSchemas, tableRules } from './table-rules.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  await withClient(database.url, (client) => runMigrations(client, 'bullmq'));
}, 60_000);
afterAll(() => database.drop());

/** Every table that the product's migrations have made, partitions aside, as `schema.table`. */
const tables = () =>
  withClient(database.url, async (client) => {
    const { rows } = await client.query<{ schema: string; name: string }>(
      `SELECT n.nspname AS schema, c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname !~ '^(pg_|information_schema$)'`,
    );
    return rows;
  });

describe('the rules of a backup', () => {
  it('know every table of the catalogue, and no others', async () => {
    const found = await tables();
    const ours = found.filter(({ schema }) => !(schema in omittedSchemas));
    expect(ours.filter(({ schema }) => schema !== 'public')).toEqual([]);
    expect(ours.map(({ name }) => name).sort()).toEqual(Object.keys(tableRules).sort());
    expect(found.some(({ schema }) => schema === 'bullmq')).toBe(true);
    for (const table of dataTables) expect(tableRules[table]?.rule).not.toBe('omit');
  });

  it('name columns that there are', async () => {
    const columns = await withClient(database.url, async (client) => {
      const { rows } = await client.query<{ name: string }>(
        `SELECT table_name || '.' || column_name AS name FROM information_schema.columns WHERE table_schema = 'public'`,
      );
      return rows.map(({ name }) => name);
    });
    for (const [table, rule] of Object.entries(tableRules))
      for (const column of rule.rule === 'omit' ? [] : (rule.without ?? []))
        expect(columns).toContain(`${table}.${column}`);
  });

  it('leave out no column that holds a number of the cluster but those that the restore puts right', async () => {
    const numbers = await withClient(database.url, async (client) => {
      const { rows } = await client.query<{ name: string }>(
        `SELECT c.relname || '.' || a.attname AS name FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
           AND a.atttypid IN ('xid8'::regtype, 'xid'::regtype, 'oid'::regtype, 'pg_lsn'::regtype) AND a.attnum > 0 ORDER BY 1`,
      );
      return rows.map(({ name }) => name);
    });
    // A new one needs a line in table-rules.ts (`without`) or in put-right.ts.
    expect(numbers).toEqual(['contents.offered_xid', 'events.xid', 'targets.offer_floor']);
  });

  it('refuse a table that has none: a backup that lacks something in silence is none', async () => {
    await withClient(database.url, (client) => client.query('CREATE TABLE novelties (id int)'));
    await expect(Snapshot.open(database.url)).rejects.toMatchObject({
      name: 'Conflict',
      message: expect.stringContaining('novelties'),
    });
    await withClient(database.url, (client) => client.query('DROP TABLE novelties'));
  });
});
