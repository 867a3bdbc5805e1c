import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createLogger, Metrics } from '@vaultstream/runtime';
import { eventually, testDatabase, type TestDatabase } from '@vaultstream/testing';
import { Database } from './database.ts';
import { openTx } from './tx.ts';
import { StatementTimes } from './watch-statements.ts';

let database: TestDatabase;
let db: Database;
let metrics: Metrics;
const lines: Record<string, unknown>[] = [];
beforeAll(async () => {
  database = await testDatabase();
  const stream = { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) };
  const logger = createLogger('test', {
    level: 'info',
    format: 'json',
    stream: stream as unknown as NodeJS.WritableStream,
  });
  metrics = new Metrics(logger);
  db = new Database({ url: database.url, poolSize: 4, onStatement: new StatementTimes(metrics, logger).record });
});
beforeEach(() => void lines.splice(0));
afterAll(async () => {
  await db.close();
  await database.drop();
});

const count = async (operation: string) => {
  const series = `vaultstream_db_query_duration_seconds_count{operation="${operation}"} `;
  const line = (await metrics.render()).split('\n').find((one) => one.startsWith(series));
  return Number(line?.slice(series.length));
};
const slow = () => lines.filter(({ name }) => name === 'db.slow');

describe('statements', () => {
  it('are timed by what they do, whoever sends them: raw, by models, prepared, in a transaction', async () => {
    const [select, insert, commit] = [await count('select'), await count('insert'), await count('commit')];
    await db.client.$queryRaw`SELECT 1`;
    await db.client.setting.findMany();
    await db.statement((client) => client.$queryRaw`SELECT 2`);
    await db.transact(async (tx) => {
      await openTx(tx).$executeRaw`INSERT INTO settings (key, value) VALUES ('a', '1')`;
      await openTx(tx).setting.findMany();
    });
    await eventually(async () => (await count('commit')) === commit + 1);
    expect([await count('select'), await count('insert')]).toEqual([select + 4, insert + 1]);
    expect(slow()).toEqual([]);
  });

  it('that take longer than a second are logged with their text and without their values', async () => {
    await Promise.all([
      db.client.$queryRaw`SELECT pg_sleep(1.1), ${'parameter-canary'}::text, 'literal-canary', 4711`,
      db.transact((tx) => openTx(tx).$queryRaw`SELECT pg_sleep(1.1) AS "inTransaction"`),
      db.client
        .$queryRawUnsafe('SELECT 1 / (CASE WHEN pg_sleep(1.1) IS NULL THEN 1 ELSE 0 END)')
        .catch(() => undefined),
    ]);
    await eventually(() => slow().length === 3);
    expect(slow()).toContainEqual(
      expect.objectContaining({
        level: 'warn',
        operation: 'select',
        failed: false,
        statement: 'SELECT pg_sleep(?), $1::text, ?, ?',
      }),
    );
    expect(slow()).toContainEqual(expect.objectContaining({ statement: 'SELECT pg_sleep(?) AS "inTransaction"' }));
    expect(JSON.stringify(lines)).not.toMatch(/canary|4711/);
    for (const { duration_ms } of slow()) if (typeof duration_ms === 'number') expect(duration_ms).toBeGreaterThan(999);
    expect(await metrics.render()).toContain('vaultstream_db_slow_queries_total 3');
  });

  it('that are all slow say so in some lines, and are all counted', async () => {
    const told: unknown[] = [];
    const telling = new StatementTimes(
      metrics,
      Object.assign(createLogger('x', { level: 'fatal', format: 'json' }), {
        warn: (line: unknown) => told.push(line),
      }),
    );
    for (let n = 0; n < 100; n++) telling.record({ text: 'SELECT 1', durationMs: 2_000, failed: false });
    expect(told).toHaveLength(10);
    expect(await metrics.render()).toContain('vaultstream_db_slow_queries_total 103');
  });
});
