import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testDatabase, type TestDatabase } from '@vaultstream/testing';
import { Database } from '../database/database.ts';
import { Deliveries } from './deliveries.ts';

let database: TestDatabase;
let db: Database;
/** Targets; the n-th has n deliveries that wait, an hour old, one that was sent just now, and one that was sent two days ago. */
const targets = 60;

beforeAll(async () => {
  database = await testDatabase();
  db = new Database({ url: database.url, poolSize: 2 });
  for (const statement of [
    `INSERT INTO targets (id, key, kind, name, address) SELECT gen_random_uuid(), 'T' || n, 'webhook', 'n', '{}' FROM generate_series(1, ${targets}) n`,
    `INSERT INTO contents (platform, url, canonical_url) SELECT 'web', n, n FROM generate_series(1, ${targets + 2}) n`,
    `INSERT INTO deliveries (id, content_id, target_id, state, created_at)
       SELECT gen_random_uuid(), c.id, t.id, 'planned', now() - interval '1 hour'
       FROM targets t JOIN contents c ON c.id <= substr(t.key, 2)::int`,
    `INSERT INTO deliveries (id, content_id, target_id, state) SELECT gen_random_uuid(), ${targets + 1}, id, 'sent' FROM targets`,
    `INSERT INTO deliveries (id, content_id, target_id, state, created_at)
       SELECT gen_random_uuid(), ${targets + 2}, id, 'sent', now() - interval '2 days' FROM targets`,
  ])
    await db.client.$executeRawUnsafe(statement);
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
/** 1 + 2 + ... + n. */
const upTo = (n: number) => (n * (n + 1)) / 2;

describe('what metrics tell of targets', () => {
  it('names the 50 with the longest queues, and adds up the others', async () => {
    const backlog = await new Deliveries(db).backlog();
    expect(backlog).toHaveLength(51);
    const by = new Map(backlog.map((row) => [row.target, row]));
    expect(by.get(`T${targets}`)).toMatchObject({ waiting: targets });
    expect(by.has('T10')).toBe(false);
    expect(by.get('T11')).toMatchObject({ waiting: 11 });
    expect(by.get('other')).toMatchObject({ waiting: upTo(10) });
    expect(sum(backlog.map(({ waiting }) => waiting))).toBe(upTo(targets));
    for (const { oldestSeconds } of backlog) expect(oldestSeconds).toBeGreaterThanOrEqual(3_600);
  });

  it('counts what was made in the last day by state, for the 50 busiest', async () => {
    const rows = await new Deliveries(db).lastDay();
    expect(new Set(rows.map(({ target }) => target)).size).toBe(51);
    expect(rows).toContainEqual({ target: `T${targets}`, state: 'sent', count: 1 });
    expect(rows).toContainEqual({ target: 'other', state: 'sent', count: 10 });
    expect(rows).toContainEqual({ target: 'other', state: 'planned', count: upTo(10) });
    expect(sum(rows.map(({ count }) => count))).toBe(upTo(targets) + targets);
  });
});
