import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { testDatabase, type TestDatabase } from '@vaultstream/testing';
import { quiet } from '../../test/embedded/quiet.ts';
import { Bots } from '../bots/bots.ts';
import { Database } from '../database/database.ts';
import { PostgresIdempotency } from '../idempotency/idempotency.ts';
import { Settings } from '../settings/settings.ts';
import { Targets } from '../targets/targets.ts';
import { Resealing } from './resealing.ts';
import { SecretBox } from './secret-box.ts';
import { checkSecretsKey } from './secrets-check.ts';
import { SecretsHealth } from './secrets-health.ts';

const [before, after] = [randomBytes(32), randomBytes(32)];
const [old, both, fresh] = [new SecretBox([before]), new SecretBox([after, before]), new SecretBox([after])];
const many = 1_000;

let database: TestDatabase;
let db: Database;
beforeEach(async () => {
  database = await testDatabase();
  db = new Database({ url: database.url });
});
afterEach(async () => {
  await db.close();
  await database.drop();
});

const address = { masked: { url: 'https://hooks.example.com/***' }, full: { url: 'https://hooks.example.com/t0k3n' } };
const newTarget = (key: string) => ({
  ...{ key, kind: 'webhook', name: key, address, botConfigId: null, settings: {}, enabled: true },
});
const bot = {
  platform: 'telegram',
  name: 'bot',
  bot_token: '123456:canary-of-a-bot-token-0123',
  enabled: true,
  is_primary: true,
};
const use = { principalId: 'p', route: 'POST /api/v1/targets', key: 'once' };
const settingsWith = (box: SecretBox) => new Settings(db, box, () => Infinity);
const put = (box: SecretBox, key: string, value: unknown) =>
  db.transact((tx) => settingsWith(box).put(tx, { key, value, secret: true }));
const check = (keys: Buffer[]) => checkSecretsKey(database.url, { keys, lost: false, logger: quiet });
const rows = <T>(sql: string) => db.client.$queryRawUnsafe<T[]>(sql);

/** One secret of each kind, sealed with the old key, one of them deleted. */
async function seed(): Promise<{ targets: string[]; bot: string }> {
  await check([before]);
  const targets = new Targets(db, old);
  const ids = await db.transact(async (tx) => {
    const made = [await targets.create(tx, newTarget('WEBHOOK_1')), await targets.create(tx, newTarget('WEBHOOK_2'))];
    return made.map(({ id }) => id);
  });
  await rows(`UPDATE targets SET deleted_at = now() WHERE key = 'WEBHOOK_2'`);
  const made = await db.transact((tx) => new Bots(db, old).create(tx, bot));
  await put(old, 'a.secret', 'cookie');
  const idempotency = new PostgresIdempotency(db, old);
  await idempotency.begin(use, 'h');
  await idempotency.complete(use, { status: 201, body: { secret: 'whsec_1' } });
  return { targets: ids, bot: made.id };
}

describe('replacing the key for secrets', () => {
  it('K9: seals every kind of secret anew, the check value too; then the new key alone opens all, and the old one is refused', async () => {
    const ids = await seed();
    expect((await new SecretsHealth(db, both).check()).detail).toContain('3 secrets are still sealed');
    expect(await new Resealing(db, both).run()).toEqual({ resealed: 6, unreadable: 0 });
    expect(await new SecretsHealth(db, both).check()).toMatchObject({
      status: 'ok',
      detail: expect.stringContaining('it may go'),
    });
    expect(await rows(`SELECT payload FROM events WHERE type = 'secrets.resealed'`)).toEqual([
      { payload: { count: 6, key: both.keyId } },
    ]);

    const targets = new Targets(db, fresh);
    for (const id of ids.targets)
      expect(fresh.open(await cipherOf(id), { table: 'targets', row: id, column: 'secret_cipher' })).toContain('t0k3n');
    expect(await targets.get(ids.targets[0] ?? '')).toMatchObject({ key: 'WEBHOOK_1' });
    expect(await new Bots(db, fresh).access('telegram', null)).toEqual({ id: ids.bot, token: bot.bot_token });
    expect(await settingsWith(fresh).valuesUnder('a.')).toEqual(new Map([['a.secret', 'cookie']]));
    expect(await new PostgresIdempotency(db, fresh).begin(use, 'h')).toMatchObject({ body: { secret: 'whsec_1' } });
    await check([after]);
    await check([after, before]);
    await expect(check([before])).rejects.toThrow('not the one');
    // A second run finds nothing, and with one key nothing is asked at all.
    expect(await new Resealing(db, both).run()).toEqual({ resealed: 0, unreadable: 0 });
    expect(await new Resealing(db, fresh).run()).toEqual({ resealed: 0, unreadable: 0 });
  });

  it(`A17: ${many} rows while they are read and written: no error, and what was written meanwhile stays`, async () => {
    await db.transact(async (tx) => {
      for (let index = 0; index < many; index++)
        await settingsWith(old).put(tx, { key: `n.${index}`, value: index, secret: true });
    });
    const running = { now: true };
    const seen: ReadonlyMap<string, unknown>[] = [];
    const reading = (async () => {
      while (running.now) seen.push(await settingsWith(both).valuesUnder('n.'));
    })();
    // Two processes at once, and somebody who writes with a process that still seals with the old key.
    const writing = (async () => {
      for (let index = 0; index < many; index += 50)
        await put(index % 100 === 0 ? old : both, `n.${index}`, -1 - index);
    })();
    const results = await Promise.all([new Resealing(db, both).run(), new Resealing(db, both).run(), writing]);
    running.now = false;
    await reading;
    expect(results.slice(0, 2)).toEqual([
      expect.objectContaining({ unreadable: 0 }),
      expect.objectContaining({ unreadable: 0 }),
    ]);
    expect(seen.every((values) => values.size === many)).toBe(true);
    await new Resealing(db, both).run();
    const values = await settingsWith(fresh).valuesUnder('n.');
    expect([...values]).toHaveLength(many);
    for (let index = 0; index < many; index++)
      expect([index, values.get(`n.${index}`)]).toEqual([index, index % 50 === 0 ? -1 - index : index]);
  });

  it('counts what cannot be opened, leaves it as it is, and goes on behind it', async () => {
    await put(old, 'a.one', 1);
    await put(old, 'b.two', 2);
    await rows(
      `UPDATE settings SET value_cipher = (SELECT value_cipher FROM settings WHERE key = 'b.two') WHERE key = 'a.one'`,
    );
    expect(await new Resealing(db, both).run()).toEqual({ resealed: 1, unreadable: 1 });
    expect(await settingsWith(fresh).valuesUnder('b.')).toEqual(new Map([['b.two', 2]]));
  });

  it('ends between two batches when it is told to', async () => {
    await put(old, 'a.one', 1);
    await expect(new Resealing(db, both).run(AbortSignal.abort(new Error('stop')))).rejects.toThrow('stop');
  });
});

async function cipherOf(id: string): Promise<string> {
  const [row] = await rows<{ secret_cipher: string }>(`SELECT secret_cipher FROM targets WHERE id = '${id}'`);
  return row?.secret_cipher ?? '';
}
