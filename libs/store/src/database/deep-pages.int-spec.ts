import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { testDatabase, type TestDatabase } from '@vaultstream/testing';
import { Bots } from '../bots/bots.ts';
import { Deliveries } from '../deliveries/deliveries.ts';
import { Rules } from '../rules/rules.ts';
import { SecretBox } from '../secrets/secret-box.ts';
import { Targets } from '../targets/targets.ts';
import { DeadLetters } from '../tasks/dead-letters.ts';
import { Tokens } from '../tokens/tokens.ts';
import { Database } from './database.ts';
import { encodeCursor } from './page.ts';

let database: TestDatabase;
let db: Database;
/** Rows of each list. Three at a time have one time. */
const total = 3_000;

beforeAll(async () => {
  database = await testDatabase();
  // One connection: its statistics are flushed before the next statement reads them.
  db = new Database({ url: database.url, poolSize: 1 });
  const made = `now() - (n / 3) * interval '1 second' FROM generate_series(1, ${total}) n`;
  for (const statement of [
    `INSERT INTO targets (id, key, kind, name, address, created_at) SELECT gen_random_uuid(), n, 'webhook', n, '{}', ${made}`,
    `INSERT INTO rules (id, name, created_at) SELECT gen_random_uuid(), n, ${made}`,
    `INSERT INTO bot_configs (id, platform, name, token_cipher, created_at) SELECT gen_random_uuid(), 'telegram', n, 'x', ${made}`,
    `INSERT INTO api_tokens (id, name, prefix, hash, created_at) SELECT gen_random_uuid(), n, n, n, ${made}`,
    `INSERT INTO contents (platform, url, canonical_url) SELECT 'web', n, n FROM generate_series(1, ${total}) n`,
    `INSERT INTO deliveries (id, content_id, target_id, created_at)
       SELECT gen_random_uuid(), n, (SELECT id FROM targets LIMIT 1), ${made}`,
    `INSERT INTO dead_letters (id, task_id, name, queue, payload, reason, error_type, error, detail, attempts, fingerprint, created_at)
       SELECT gen_random_uuid(), gen_random_uuid(), 'content.parse', 'parse', '{}', 'non_retryable', 'E', 'e', '{}', 1, 'f', ${made}`,
    'ANALYZE',
  ])
    await db.client.$executeRawUnsafe(statement);
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

type Lister = (page: {
  limit: number;
  cursor?: string;
}) => Promise<{ items: { id: string }[]; next_cursor: string | null }>;
const lists: [cursor: string, table: string, list: () => Lister][] = [
  ['deliveries', 'deliveries', () => (page) => new Deliveries(db).list(page)],
  ['dead-letters', 'dead_letters', () => (page) => new DeadLetters(db).list(page)],
  ['bots', 'bot_configs', () => (page) => new Bots(db, new SecretBox([randomBytes(32)])).list(page)],
  ['rules', 'rules', () => (page) => new Rules(db).list(page)],
  ['targets', 'targets', () => (page) => new Targets(db, new SecretBox([randomBytes(32)])).list(page)],
  ['tokens', 'api_tokens', () => (page) => new Tokens(db).list(page)],
];

/** Rows that were read of a table so far, through an index or not. */
async function rowsRead(table: string): Promise<number> {
  await db.client.$queryRaw`SELECT 1 FROM (SELECT pg_stat_force_next_flush()) AS flush`;
  const [row] = await db.client.$queryRaw<{ read: number }[]>`
    SELECT (t.seq_tup_read + (SELECT sum(idx_tup_read) FROM pg_stat_user_indexes i WHERE i.relid = t.relid))::int AS read
    FROM pg_stat_user_tables t WHERE t.relname = ${table}`;
  return row?.read ?? 0;
}

describe.each(lists)('the list of %s', (kind, table, list) => {
  const newestFirst = () =>
    db.client.$queryRawUnsafe<{ id: string; created_at: Date }[]>(
      `SELECT id::text, created_at FROM ${table} ORDER BY created_at DESC, id DESC`,
    );

  it('shows every row once, page by page, whatever rows have one time', async () => {
    const seen: string[] = [];
    for (let cursor: string | null | undefined; cursor !== null;) {
      const page = await list()({ limit: 100, ...(cursor && { cursor }) });
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.next_cursor;
    }
    expect(seen).toEqual((await newestFirst()).map(({ id }) => id));
  });

  it('reads no more for a late page than for an early one', async () => {
    const last = (await newestFirst())[total - 100];
    const cursor = encodeCursor(kind, [last?.created_at ?? 0, last?.id ?? '']);
    const before = await rowsRead(table);
    expect((await list()({ limit: 10, cursor })).items).toHaveLength(10);
    const read = (await rowsRead(table)) - before;
    expect(read).toBeGreaterThanOrEqual(10);
    expect(read).toBeLessThan(100);
  });
});
