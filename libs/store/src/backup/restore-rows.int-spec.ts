import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { v7 as uuid } from 'uuid';
import { emptyDatabase, testDatabase, type TestDatabase } from '@vaultstream/testing';
import { Database } from '../database/database.ts';
import { parseEventCursor } from '../events/event-cursor.ts';
import { EventFeed } from '../events/event-feed.ts';
import { Events } from '../events/events.ts';
import { withClient } from '../migrate/databases.ts';
import { restoreRows, finishRestore, type RestoreOptions, type StoredTable } from './restore-rows.ts';
import { Snapshot } from './snapshot.ts';

/** As of a cluster that has seen far more transactions than the one that it is restored into. */
const farXid = 987_654_321_000n;

let source: TestDatabase;
let target: TestDatabase;
beforeEach(async () => {
  [source, target] = await Promise.all([testDatabase(), emptyDatabase()]);
}, 60_000);
afterEach(() => Promise.all([source.drop(), target.drop()]));

const sql = (url: string, text: string, values: unknown[] = []) =>
  withClient(url, async (client) => (await client.query<Record<string, unknown>>(text, values)).rows);

const [targetId, deliveryId, plannedId, taskId] = [uuid(), uuid(), uuid(), uuid()];

/** A vault in the middle of its work. */
async function fill(url: string): Promise<void> {
  await withClient(url, async (client) => {
    await client.query(`
      INSERT INTO contents (platform, url, canonical_url, status, planned_at, tags, note) VALUES
        ('web', 'https://a.example/1', 'https://a.example/1', 'PULLED', now(), '{"a,b","c\\"d"}', E'two\\nlines\\tand a tab \\\\ 港'),
        ('web', 'https://a.example/2', 'https://a.example/2', 'PROCESSING', NULL, '{}', NULL),
        ('web', 'https://a.example/3', 'https://a.example/3', 'PULLED', now(), '{}', NULL);
      UPDATE contents SET merged_into = 3 WHERE id = 1;
      DELETE FROM contents WHERE id > 1000;
      SELECT nextval(pg_get_serial_sequence('contents', 'id'));
      INSERT INTO targets (id, key, kind, name, address, offer_floor) VALUES ('${targetId}', 'WEBHOOK_1', 'webhook', 'w', '{}', '${farXid}');
      INSERT INTO deliveries (id, content_id, target_id, state) VALUES ('${deliveryId}', 1, '${targetId}', 'sending'), ('${plannedId}', 3, '${targetId}', 'planned');
      INSERT INTO delivery_parts (id, delivery_id, position, state) VALUES (gen_random_uuid(), '${deliveryId}', 0, 'sent'), (gen_random_uuid(), '${deliveryId}', 1, 'sending');
      INSERT INTO tasks (id, name, queue, payload, state, fence, starts, generation, content_id, lease_until, leased_by)
        VALUES ('${taskId}', 'content.parse', 'parse', '{"content_id": 2}', 'running', 4, 1, 3, 2, now() + interval '1 hour', 'gone');
      INSERT INTO tasks (id, name, queue, payload, state, content_id)
        VALUES (gen_random_uuid(), 'delivery.send', 'push', '{"delivery_id": "${plannedId}"}', 'queued', 3);
      INSERT INTO idempotency_keys (principal, route, key, body_hash, locked_until, expires_at) VALUES ('p', 'r', 'k', 'h', now(), now());
      INSERT INTO limiter_cells (key, tat) VALUES ('x', now());
      INSERT INTO blobs (sha256, key, mime, size, state) VALUES (repeat('a', 64), 'k', 'image/webp', 3, 'live');`);
    for (let n = 0n; n < 5n; n++)
      await client.query(
        `INSERT INTO events (xid, type, payload, created_at) VALUES ($1::text::xid8, 'content.created', $2, $3)`,
        [
          String(farXid + n),
          { n: Number(n) },
          // Months that no fresh schema has a partition for.
          `202${n}-03-04T05:06:07Z`,
        ],
      );
  });
}

/** What a backup keeps, in memory. */
async function readAll(url: string): Promise<Pick<RestoreOptions, 'facts' | 'tables'>> {
  const snapshot = await Snapshot.open(url);
  try {
    const tables: StoredTable[] = [];
    for (const plan of snapshot.tables) {
      const { stream, rows } = snapshot.read(plan);
      const bytes = await buffer(stream);
      tables.push({ ...plan, rows: rows(), open: () => Readable.from([bytes]) });
    }
    return { tables, facts: await snapshot.facts() };
  } finally {
    await snapshot.close();
  }
}

const how = { backup: 'test', nothingSentSince: false, lostBlobs: [], replace: false };

describe('restoreRows', () => {
  it('brings every row back into another cluster, with what was under way put right', async () => {
    await fill(source.url);
    const kept = await readAll(source.url);
    const done = await restoreRows(target.url, { ...how, ...kept, lostBlobs: ['a'.repeat(64)] });
    expect(done).toEqual({ tasks: 1, unconfirmed: 2, contentsInDoubt: 1, damagedBlobs: 1 });

    const contents = 'SELECT id, url, tags, note, merged_into, created_at FROM contents ORDER BY id';
    expect(await sql(target.url, contents)).toEqual(await sql(source.url, contents));
    const months = `SELECT tableoid::regclass::text AS part, payload FROM events WHERE type = 'content.created' ORDER BY id`;
    expect(await sql(target.url, months)).toMatchObject([
      { part: 'events_2020_03' },
      {},
      {},
      {},
      { part: 'events_2024_03' },
    ]);
    expect(
      await sql(target.url, 'SELECT offered_xid::text, restored_at IS NOT NULL AS doubt FROM contents ORDER BY id'),
    ).toEqual([
      { offered_xid: '0', doubt: false },
      { offered_xid: '0', doubt: true },
      { offered_xid: '0', doubt: false },
    ]);
    expect(await sql(target.url, 'SELECT offer_floor::text AS floor FROM targets')).toEqual([{ floor: '0' }]);
    expect(await sql(target.url, 'SELECT state, reason FROM deliveries')).toEqual(
      Array(2).fill({ state: 'unconfirmed', reason: 'restored' }),
    );
    expect(await sql(target.url, 'SELECT state FROM delivery_parts ORDER BY position')).toEqual([
      { state: 'sent' },
      { state: 'unconfirmed' },
    ]);
    expect(
      await sql(target.url, 'SELECT id, state, fence, starts, generation, lease_until, leased_by FROM tasks'),
    ).toEqual([
      { id: taskId, state: 'ready', fence: 5, starts: 0, generation: 1_003, lease_until: null, leased_by: null },
    ]);
    expect(
      await sql(
        target.url,
        'SELECT (SELECT count(*) FROM idempotency_keys)::int AS keys, (SELECT count(*) FROM limiter_cells)::int AS cells',
      ),
    ).toEqual([{ keys: 0, cells: 0 }]);
    expect(await sql(target.url, 'SELECT state FROM blobs')).toEqual([{ state: 'damaged' }]);
    // The number 4 was given out in the old cluster, to a row that nobody has any more.
    expect(
      await sql(
        target.url,
        `INSERT INTO contents (platform, url, canonical_url) VALUES ('web', 'u', 'u') RETURNING id`,
      ),
    ).toEqual([{ id: 5 }]);
    expect(
      await sql(target.url, `SELECT tgenabled FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'O'`),
    ).toEqual([]);
  }, 60_000);

  it('lets the event stream go on from every cursor of before, also from one that was given out after the backup', async () => {
    await fill(source.url);
    await restoreRows(target.url, { ...how, ...(await readAll(source.url)) });
    const db = new Database({ url: target.url });
    try {
      const feed = new EventFeed(db);
      await db.transact((tx) => Events.append(tx, [{ type: 'content.created', payload: { n: 'new' } }]));
      const types = async (cursor: string) =>
        (await feed.after(await feed.open(cursor, 'query.after'), 50)).map(
          ({ payload }) => payload['n'] ?? payload['name'] ?? payload['reason'] ?? 'new',
        );
      const news = ['restored', 'restored', 'test', 'new'];
      expect(await types('0-0')).toEqual([0, 1, 2, 3, 4, ...news]);
      expect(await types(`${farXid + 2n}-3`)).toEqual([3, 4, ...news]);
      // The old database went on for a million transactions before it was lost.
      expect(await types(`${farXid + 1_000_000n}-77777`)).toEqual(news);
      const tip = await feed.tip();
      expect(await feed.after(tip, 50)).toEqual([]);
      const last = (await feed.after({ xid: 0n, id: 0n }, 50)).at(-1);
      expect(parseEventCursor(last?.cursor ?? '')?.xid).toBeLessThan(tip.xid);
      await expect(feed.open(`${tip.xid + 10n}-1`, 'query.after')).rejects.toThrow('is not a cursor of this event log');
    } finally {
      await db.close();
    }
  }, 60_000);

  it('sends on, and doubts nothing, where nothing was sent since the backup', async () => {
    await fill(source.url);
    const done = await restoreRows(target.url, { ...how, ...(await readAll(source.url)), nothingSentSince: true });
    expect(done).toMatchObject({ unconfirmed: 0, contentsInDoubt: 0, tasks: 2 });
    expect(await sql(target.url, 'SELECT state FROM deliveries ORDER BY state')).toEqual([
      { state: 'planned' },
      { state: 'sending' },
    ]);
    expect(await sql(target.url, 'SELECT count(*)::int AS count FROM tasks')).toEqual([{ count: 2 }]);
  }, 60_000);

  it('leaves a database that holds data alone, and one that it fails on as it was', async () => {
    await fill(source.url);
    const kept = await readAll(source.url);
    const other = await testDatabase();
    try {
      await sql(other.url, `INSERT INTO contents (platform, url, canonical_url) VALUES ('web', 'mine', 'mine')`);
      await expect(restoreRows(other.url, { ...how, ...kept })).rejects.toMatchObject({
        name: 'Conflict',
        message: expect.stringContaining('--replace'),
      });
      const broken = kept.tables.map((table) =>
        table.table === 'tasks' ? { ...table, open: () => Readable.from([Buffer.from('nonsense\n')]) } : table,
      );
      await expect(restoreRows(other.url, { ...how, ...kept, tables: broken, replace: true })).rejects.toMatchObject({
        name: 'BadPayload',
      });
      const short = kept.tables.map((table) => (table.table === 'blobs' ? { ...table, rows: 2 } : table));
      await expect(restoreRows(other.url, { ...how, ...kept, tables: short, replace: true })).rejects.toMatchObject({
        name: 'BadPayload',
      });
      expect(await sql(other.url, 'SELECT url FROM contents')).toEqual([{ url: 'mine' }]);
      const newer = { ...kept.facts, migrations: [...kept.facts.migrations, '29990101000000_later'] };
      await expect(restoreRows(other.url, { ...how, ...kept, facts: newer, replace: true })).rejects.toMatchObject({
        name: 'Conflict',
      });
      const running = new Database({ url: other.url });
      await running.ping();
      await expect(restoreRows(other.url, { ...how, ...kept, replace: true })).rejects.toThrow(
        'VaultStream is running on this database',
      );
      await running.close();
      await restoreRows(other.url, { ...how, ...kept, replace: true });
      expect(await sql(other.url, 'SELECT count(*)::int AS count FROM contents')).toEqual([{ count: 3 }]);
    } finally {
      await other.drop();
    }
  }, 60_000);

  it('runs the migrations that came after the backup on its rows', async () => {
    await fill(source.url);
    const { facts, tables } = await readAll(source.url);
    // As a release before the last migration would have made it.
    const older = { ...facts, migrations: facts.migrations.filter((name) => !name.endsWith('_backup')) };
    const without: StoredTable[] = [];
    for (const table of tables) without.push(table.table === 'contents' ? await withoutLastColumn(table) : table);
    await restoreRows(target.url, { ...how, facts: older, tables: without });
    expect(await sql(target.url, 'SELECT count(restored_at)::int AS doubts FROM contents')).toEqual([{ doubts: 1 }]);
    const names = 'SELECT migration_name FROM _prisma_migrations ORDER BY 1';
    expect(await sql(target.url, names)).toEqual(await sql(source.url, names));
  }, 60_000);
});

describe('finishRestore', () => {
  it('puts a database right that pg_restore has brought into a new cluster, and may be run again', async () => {
    await fill(source.url);
    for (let round = 0; round < 2; round++) await finishRestore(source.url, how);
    const db = new Database({ url: source.url });
    try {
      const events = await new EventFeed(db).after({ xid: 0n, id: 0n }, 50);
      expect(events.filter(({ type }) => type === 'backup.restored')).toHaveLength(2);
    } finally {
      await db.close();
    }
    expect(await sql(source.url, 'SELECT offer_floor::text AS floor FROM targets')).toEqual([{ floor: '0' }]);
  }, 60_000);
});

/** The migration that is left out has added one column, at the end. */
async function withoutLastColumn(table: StoredTable): Promise<StoredTable> {
  expect(table.columns.at(-1)).toBe('restored_at');
  const text = (await buffer(table.open())).toString('utf8').replace(/\t[^\t\n]*$/gm, '');
  return { ...table, columns: table.columns.slice(0, -1), open: () => Readable.from([Buffer.from(text)]) };
}
