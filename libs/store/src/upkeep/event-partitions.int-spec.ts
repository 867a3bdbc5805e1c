import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testDatabase, type TestDatabase } from '@vaultstream/testing';
import { Database } from '../database/database.ts';
import { Events } from '../events/events.ts';
import { EventPartitions } from './event-partitions.ts';

let database: TestDatabase;
let db: Database;
let partitions: EventPartitions;

beforeAll(async () => {
  database = await testDatabase();
  db = new Database({ url: database.url });
  partitions = new EventPartitions(db);
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

const names = async () =>
  (
    await db.client.$queryRaw<{ name: string }[]>`
      SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'events'::regclass ORDER BY 1`
  ).map((row) => row.name);

describe('event partitions', () => {
  it('moves rows that were caught by the default partition into the month that is made for them', async () => {
    await db.transact((tx) => Events.append(tx, [{ type: 'content.created', contentId: 7, payload: { a: 1 } }]));
    const before = await db.client.$queryRaw`SELECT id, xid::text, payload FROM events`;
    expect(await partitions.ensure()).toHaveLength(3);
    expect(await db.client.$queryRaw`SELECT id, xid::text, payload FROM events`).toEqual(before);
    expect(await db.client.$queryRaw`SELECT count(*)::int AS rows FROM events_default`).toEqual([{ rows: 0 }]);
  });

  it('goes on counting ids after a move, and writes into the new partition', async () => {
    await db.transact((tx) => Events.append(tx, [{ type: 'content.shared', contentId: 7 }]));
    const { items } = await new Events(db).timeline(7, { limit: 10 });
    expect(items.map((event) => event.type)).toEqual(['content.created', 'content.shared']);
    expect(await db.client.$queryRaw`SELECT count(*)::int AS rows FROM events_default`).toEqual([{ rows: 0 }]);
  });

  it('refuses no event that is written while its month moves out of the default partition', async () => {
    const current = `events_${new Date().toISOString().slice(0, 7).replace('-', '_')}`;
    const append = () => db.transact((tx) => Events.append(tx, [{ type: 'content.shared', contentId: 8 }]));
    for (let round = 0; round < 10; round++) {
      await db.client.$executeRawUnsafe(`DROP TABLE ${current}`);
      await append();
      let [written, done] = [1, false];
      const writers = Array.from({ length: 5 }, async () => {
        for (; !done; written++) await append();
      });
      await partitions.ensure().finally(() => (done = true));
      await Promise.all(writers);
      expect(await db.client.$queryRaw`SELECT count(*)::int AS rows FROM events`).toEqual([{ rows: written }]);
    }
  });

  it('makes each month once, however many processes try', async () => {
    const later = new Date(Date.UTC(2031, 10, 15));
    const made = await Promise.all(Array.from({ length: 5 }, () => partitions.ensure(later)));
    expect(made.flat().sort()).toEqual(['events_2031_11', 'events_2031_12', 'events_2032_01']);
    expect(await partitions.ensure(later)).toEqual([]);
  });

  it('leaves a crowded month in the default partition, and makes the months ahead', async () => {
    await db.client.$executeRaw`
      INSERT INTO events (type, created_at) SELECT 'content.created', '2033-05-10' FROM generate_series(1, 20001)`;
    expect(await partitions.ensure(new Date(Date.UTC(2033, 4, 15)))).toEqual(['events_2033_06', 'events_2033_07']);
    expect(await db.client.$queryRaw`SELECT count(*)::int AS rows FROM events_default`).toEqual([{ rows: 20_001 }]);
    await db.client.$executeRaw`DELETE FROM events_default`;
    expect(await partitions.ensure(new Date(Date.UTC(2033, 4, 15)))).toEqual(['events_2033_05']);
    await db.client.$executeRaw`DROP TABLE events_2033_05, events_2033_06, events_2033_07`;
  });

  it('drops whole months that are older than the policy, and nothing else', async () => {
    const dropped = await partitions.drop(1, new Date(Date.UTC(2032, 0, 20)));
    expect(dropped).toContain('events_2031_11');
    expect(dropped).not.toContain('events_2031_12');
    const left = await names();
    expect(left).toEqual(['events_2031_12', 'events_2032_01', 'events_default']);
  });
});
