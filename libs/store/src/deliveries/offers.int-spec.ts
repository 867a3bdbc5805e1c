import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { testDatabase, type TestDatabase } from '@vaultstream/testing';
import { Database } from '../database/database.ts';
import { openTx } from '../database/tx.ts';
import { offerContents } from './offers.ts';

const targetId = randomUUID();
const key = 'TG_CHANNEL_-1001';
let database: TestDatabase;
let db: Database;
beforeAll(async () => {
  database = await testDatabase();
  db = new Database({ url: database.url });
  await db.client.$executeRaw`
    INSERT INTO targets (id, key, kind, name, address) VALUES (${targetId}::uuid, ${key}, 'external', 'bot', '{}')`;
}, 60_000);
afterAll(async () => {
  await db.close();
  await database.drop();
});

const offers = (more: { tag?: string } = {}) => offerContents(db, { targetKey: key, limit: 10, ...more });
const floor = async () => {
  const [row] = await db.client.$queryRaw<{ floor: bigint }[]>`SELECT offer_floor::text::int8 AS floor FROM targets`;
  return row?.floor ?? 0n;
};
async function content(name: string, status = 'PULLED'): Promise<number> {
  const url = `https://example.com/${name}`;
  const [row] = await db.client.$queryRaw<{ id: number }[]>`
    INSERT INTO contents (platform, url, canonical_url, status, tags) VALUES ('web', ${url}, ${url}, ${status}, ARRAY['a']) RETURNING id`;
  if (row === undefined) throw new Error('not made');
  return row.id;
}
const send = (id: number, state = 'sent') => db.client.$executeRaw`
  INSERT INTO deliveries (id, content_id, target_id, state) VALUES (gen_random_uuid(), ${id}, ${targetId}::uuid, ${state})
  ON CONFLICT (content_id, target_id) DO UPDATE SET state = EXCLUDED.state`;
const set = (id: number, column: 'status' | 'deleted_at', value: string | null) =>
  db.client.$executeRawUnsafe(
    `UPDATE contents SET ${column} = '${value ?? ''}' WHERE id = ${id}`.replace("''", 'NULL'),
  );
describe('what a bot is offered', () => {
  let old: number[];
  beforeEach(async () => {
    await db.client.$executeRaw`DELETE FROM contents`;
    await db.client.$executeRaw`UPDATE targets SET offer_floor = '0'`;
    // More than the first look walks, so that every answer here is that of the second.
    await db.client.$executeRaw`
      INSERT INTO contents (platform, url, canonical_url, status, published_at, published_sort)
      SELECT 'web', 'https://example.com/new/' || n, 'https://example.com/new/' || n, 'PULLED', now(), now() FROM generate_series(1, 600) n`;
    await db.client.$executeRaw`
      INSERT INTO deliveries (id, content_id, target_id, state) SELECT gen_random_uuid(), id, ${targetId}::uuid, 'sent' FROM contents`;
    old = [await content('one'), await content('two')];
  });
  /** Everything is pushed, and a look in vain has moved the floor. */
  async function pushedAndSeen(): Promise<void> {
    for (const id of old) await send(id);
    expect(await offers()).toEqual([]);
    expect(await floor()).toBeGreaterThan(0n);
  }

  it('is found below the newest, too', async () => {
    expect(await offers()).toEqual([...old].reverse());
    expect(await floor()).toBe(0n);
  });

  it('is what was read, restored or given back since all was pushed', async () => {
    const [waiting, deleted] = [await content('waiting', 'PROCESSING'), await content('deleted')];
    await set(deleted, 'deleted_at', '2026-01-01');
    await pushedAndSeen();
    expect(await offers()).toEqual([]);
    await set(waiting, 'status', 'PULLED');
    expect(await offers()).toEqual([waiting]);
    await set(deleted, 'deleted_at', null);
    expect(await offers()).toEqual([deleted, waiting]);
    await send(old[0] ?? 0, 'failed');
    await send(old[1] ?? 0, 'cancelled');
    expect(await offers()).toEqual([deleted, waiting, ...[...old].reverse()]);
  });

  it('is not lost when it was being written during the look that moved the floor', async () => {
    for (const id of old) await send(id);
    let late = 0;
    await db.transact(async (tx) => {
      const [row] = await openTx(tx).$queryRaw<{ id: number }[]>`
        INSERT INTO contents (platform, url, canonical_url, status) VALUES ('web', 'https://example.com/late', 'https://example.com/late', 'PULLED') RETURNING id`;
      late = row?.id ?? 0;
      expect(await offers()).toEqual([]);
    });
    expect(await offers()).toEqual([late]);
  });

  it('says nothing about everything when only a tag was asked for', async () => {
    for (const id of old) await send(id);
    expect(await offers({ tag: 'a' })).toEqual([]);
    expect(await floor()).toBe(0n);
  });

  it('is looked for anew when the floor is of another server, as after a restore', async () => {
    await db.client.$executeRaw`UPDATE targets SET offer_floor = '99999999999'`;
    expect(await offers()).toEqual([...old].reverse());
  });
});
