import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually, testDatabase, type TestDatabase } from '@vaultstream/testing';
import { Database } from '../database/database.ts';
import { checkDatabase } from './check-database.ts';
import { rowChecks } from './row-checks.ts';

let database: TestDatabase;
let db: Database;
beforeEach(async () => {
  database = await testDatabase();
  db = new Database({ url: database.url, poolSize: 2 });
  await run(
    `INSERT INTO contents (platform, url, canonical_url, status) SELECT 'web', n, n, 'PULLED' FROM generate_series(1, 100) n`,
  );
});
afterEach(async () => {
  await db.close();
  await database.drop();
});
const run = (sql: string) => db.client.$executeRawUnsafe(sql);
const check = () => checkDatabase(database.url);

describe('the check of a database', () => {
  it('finds nothing wrong with a healthy one, looks at all of it, and leaves nothing behind', async () => {
    const report = await check();
    expect(report).toMatchObject({ problems: [], skipped: [] });
    expect(report.checked.rules).toBe(rowChecks.length);
    expect(report.checked.files).toBeGreaterThan(80);
    const extensions = await db.client.$queryRawUnsafe(`SELECT 1 FROM pg_extension WHERE extname = 'amcheck'`);
    expect(extensions).toEqual([]);
  });

  it('finds an index in which a row of its table is missing', async () => {
    // What a torn write or a broken collation does, done by hand: rows are written while the index is switched off.
    const ready = (value: boolean) =>
      run(`UPDATE pg_index SET indisready = ${value} WHERE indexrelid = 'contents_merged_into_idx'::regclass`);
    await ready(false);
    await run(`INSERT INTO contents (platform, url, canonical_url, status) VALUES ('web', 'lost', 'lost', 'PULLED')`);
    await ready(true);
    const { problems } = await check();
    expect(problems).toEqual([
      expect.stringMatching(/^index contents_merged_into_idx: heap tuple .* lacks matching index tuple/),
    ]);
  });

  it('finds an index that is not used because its making failed', async () => {
    await run(`UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'contents_merged_into_idx'::regclass`);
    expect((await check()).problems).toEqual(['index contents_merged_into_idx: not valid, it is not used']);
  });

  it('finds nothing wrong with a database that was restored, whose events have numbers far ahead', async () => {
    await run(
      `CREATE OR REPLACE FUNCTION event_xid_base() RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT 1099511627776::bigint'`,
    );
    await run(`INSERT INTO events (type) VALUES ('content.created')`);
    expect((await check()).problems).toEqual([]);
  });

  it('tells readers of the log what is written while it looks', async () => {
    const stop = new AbortController();
    const looking = (async () => {
      while (!stop.signal.aborted) await check();
    })();
    try {
      for (let round = 0; round < 5; round++) {
        const rows = await db.client.$queryRawUnsafe<{ xid: string }[]>(
          `INSERT INTO events (type) VALUES ('content.created') RETURNING xid::text`,
        );
        const seen = `SELECT 1 FROM events WHERE xid = '${rows[0]?.xid}' AND xid < event_xid(pg_snapshot_xmin(pg_current_snapshot()))`;
        await eventually(async () => expect(await db.client.$queryRawUnsafe(seen)).toHaveLength(1), {
          timeoutMs: 1_000,
        });
      }
    } finally {
      stop.abort();
      await looking;
    }
  }, 60_000);

  it('finds rows that break what must be true, names some, and counts all', async () => {
    const target = `(SELECT id FROM targets LIMIT 1)`;
    for (const sql of [
      `INSERT INTO tasks (id, name, queue, payload, content_id) SELECT gen_random_uuid(), 'content.parse', 'parse', '{}', 999 FROM generate_series(1, 7)`,
      `INSERT INTO tasks (id, name, queue, payload, state, lease_until) VALUES (gen_random_uuid(), 'upkeep.run', 'upkeep', '{}', 'running', now() - interval '2 hours')`,
      `INSERT INTO tasks (id, name, queue, payload, target_id) VALUES (gen_random_uuid(), 'delivery.send', 'push', '{}', gen_random_uuid())`,
      `INSERT INTO dead_letters (id, task_id, name, queue, payload, content_id, reason, error_type, error, detail, attempts, fingerprint)
         VALUES (gen_random_uuid(), gen_random_uuid(), 'content.parse', 'parse', '{}', 999, 'non_retryable', 'E', 'e', '{}', 1, 'f')`,
      `UPDATE contents SET merged_into = 2 WHERE id = 1`,
      `UPDATE contents SET merged_into = 3 WHERE id = 2`,
      `UPDATE contents SET status = 'UNPROCESSED', updated_at = now() - interval '2 hours' WHERE id = 4`,
      // Shared a moment ago: its task may be in the next transaction.
      `UPDATE contents SET status = 'UNPROCESSED', updated_at = now() WHERE id = 5`,
      `UPDATE contents SET archive_status = 'pending', updated_at = now() - interval '2 hours' WHERE id = 6`,
      `INSERT INTO media (id, content_id, parse_generation, position, kind, origin_url, updated_at)
         VALUES (gen_random_uuid(), 7, 1, 0, 'image', 'https://x/1', now() - interval '2 hours')`,
      `INSERT INTO blobs (sha256, key, mime, size, state) VALUES (repeat('a', 64), 'blobs/sha256/other', 'image/webp', 1, 'deleted')`,
      `INSERT INTO media (id, content_id, parse_generation, position, kind, origin_url, status, blob_sha256)
         VALUES (gen_random_uuid(), 8, 1, 0, 'image', 'https://x/2', 'stored', repeat('a', 64))`,
      `INSERT INTO targets (id, key, kind, name, address) VALUES (gen_random_uuid(), 'T', 'webhook', 'n', '{}')`,
      `INSERT INTO deliveries (id, content_id, target_id, state, rule_id, updated_at)
         SELECT gen_random_uuid(), n, ${target}, CASE n WHEN 11 THEN 'sent' ELSE 'sending' END, CASE n WHEN 12 THEN gen_random_uuid() END, now() - interval '2 hours'
         FROM generate_series(11, 12) n`,
      `INSERT INTO delivery_parts (id, delivery_id, position, state)
         SELECT gen_random_uuid(), id, CASE state WHEN 'sent' THEN 2 * n ELSE n END, CASE state WHEN 'sent' THEN 'failed' ELSE 'sent' END
         FROM deliveries, generate_series(0, 1) n`,
      `INSERT INTO events (type, xid) VALUES ('content.created', '999999999999')`,
      `SELECT setval('contents_id_seq', 5)`,
    ])
      await run(sql);
    const { problems } = await check();
    const told = problems.map((line) => line.replace(/: \d+ \(.*$/, ''));
    expect(told.sort()).toEqual(rowChecks.map(({ problem }) => problem).sort());
    const orphans = problems.find((line) => line.startsWith('a task of a content'));
    expect(orphans).toMatch(/: 7 \((?:[0-9a-f-]{36}, ){5}\.\.\.\)$/);
    expect(problems).toContain('a content that waits to be read, without a task that reads it: 1 (4)');
  });

  it('says so when the database is away', async () => {
    await expect(checkDatabase('postgresql://u:p@127.0.0.1:1/none')).rejects.toMatchObject({
      name: 'InfrastructureError',
    });
  });
});
