import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testDatabase } from '@vaultstream/testing';
import { Database } from '../database/database.ts';
import { SecretBox } from '../secrets/secret-box.ts';
import { Settings } from './settings.ts';

const canary = 'canary-of-a-cookie-5f1e';
const key = randomBytes(32);

let database: Awaited<ReturnType<typeof testDatabase>>;
let db: Database;
/** The clock of the second replica. */
let now = 0;
let settings: Settings;
let replica: Settings;
beforeAll(async () => {
  database = await testDatabase();
  db = new Database({ url: database.url });
  settings = new Settings(db, new SecretBox([key]));
  replica = new Settings(db, new SecretBox([key]), () => now);
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

const put = async (name: string, value: unknown, secret = false) => {
  await db.transact((tx) => settings.put(tx, { key: name, value, secret }));
  settings.forget();
};
const remove = async (name: string) => {
  const removed = await db.transact((tx) => settings.remove(tx, name));
  settings.forget();
  return removed;
};
const rows = (sql: string) => db.client.$queryRawUnsafe<Record<string, unknown>[]>(sql);

describe('Settings', () => {
  it.each([['text'], [7], [true], [null], [['a', 1]], [{ a: { b: 'ü' } }], ['']])('keeps %j', async (value) => {
    for (const secret of [false, true]) {
      await put('kept.value', value, secret);
      expect((await settings.valuesUnder('kept.')).get('kept.value')).toEqual(value);
    }
  });

  it('A17: seals a secret to its key, and shows it to nobody', async () => {
    await put('a.secret', canary, true);
    await put('a.other', 'x', true);
    expect(await settings.list()).toContainEqual(
      expect.objectContaining({ key: 'a.secret', secret: true, value: undefined }),
    );
    const stored =
      JSON.stringify(await rows('SELECT * FROM settings')) + JSON.stringify(await rows('SELECT payload FROM events'));
    expect(stored).not.toContain(canary);
    await rows(
      `UPDATE settings SET value_cipher = (SELECT value_cipher FROM settings WHERE key = 'a.secret') WHERE key = 'a.other'`,
    );
    settings.forget();
    await expect(settings.valuesUnder('a.')).rejects.toMatchObject({ name: 'SecretError' });
    expect(await settings.valuesUnder('kept.')).toBeDefined();
    await remove('a.other');
  });

  it('a secret that becomes open, or the other way round, leaves nothing behind', async () => {
    await put('b.turned', canary, true);
    await put('b.turned', 'open');
    expect(await rows(`SELECT value, value_cipher FROM settings WHERE key = 'b.turned'`)).toEqual([
      { value: 'open', value_cipher: null },
    ]);
    await put('b.turned', canary, true);
    expect(await rows(`SELECT value FROM settings WHERE key = 'b.turned'`)).toEqual([{ value: null }]);
  });

  it('says in the event log what was done, never the value', async () => {
    await rows('DELETE FROM events');
    await put('c.key', 'some value');
    expect(await remove('c.key')).toBe(true);
    expect(await remove('c.key')).toBe(false);
    expect(await rows('SELECT type, payload FROM events ORDER BY id')).toEqual([
      { type: 'settings.updated', payload: { key: 'c.key', action: 'set' } },
      { type: 'settings.updated', payload: { key: 'c.key', action: 'removed' } },
    ]);
  });

  it('another replica sees a change within ten seconds, and reads once for many', async () => {
    await put('d.key', 'before');
    expect((await replica.valuesUnder('d.')).get('d.key')).toBe('before');
    await put('d.key', 'after');
    expect((await settings.valuesUnder('d.')).get('d.key')).toBe('after');
    now += 4_000;
    expect((await replica.valuesUnder('d.')).get('d.key')).toBe('before');
    now += 1_000;
    const seen = await Promise.all(Array.from({ length: 20 }, () => replica.valuesUnder('d.')));
    expect(seen.map((values) => values.get('d.key'))).toEqual(Array.from({ length: 20 }, () => 'after'));
  });

  it('keeps the last of many writers, one row', async () => {
    await Promise.all(Array.from({ length: 10 }, (_, index) => put('e.key', index, index % 2 === 0)));
    expect(await rows(`SELECT count(*)::int AS n FROM settings WHERE key = 'e.key'`)).toEqual([{ n: 1 }]);
  });

  it('an absent database is an infrastructure error, and is asked again', async () => {
    const away = new Database({ url: 'postgresql://nobody@127.0.0.1:9/none' });
    const unreachable = new Settings(away, new SecretBox([key]));
    await expect(unreachable.valuesUnder('a.')).rejects.toMatchObject({ name: 'InfrastructureError' });
    await expect(unreachable.valuesUnder('a.')).rejects.toMatchObject({ name: 'InfrastructureError' });
    await away.close();
  });
});
