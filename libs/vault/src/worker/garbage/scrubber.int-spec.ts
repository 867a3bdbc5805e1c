import { createHash } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { BlobStore } from '@vaultstream/blobs';
import { InfrastructureError, Later } from '@vaultstream/contracts';
import { createLogger } from '@vaultstream/runtime';
import { ScrubLog } from '@vaultstream/store';
import { openRig, type Rig } from '../../../test/rig.ts';
import { DamageRecorder } from '../../reads/damage-recorder.ts';
import { Scrubber, type ScrubLimits } from './scrubber.ts';
import { VerifyBlobsHandler } from './verify-blobs.handler.ts';

let rig: Rig;
/** Keys in the order in which they are walked. Each blob has 1,000 bytes. */
let keys: string[];
const size = 1_000;
const bytes = Array.from({ length: 12 }, (_, n) => Buffer.alloc(size, n));
const sha256Of = (one: Buffer) => createHash('sha256').update(one).digest('hex');
const bytesOf = (key = '') => bytes.find((one) => key.includes(sha256Of(one))) ?? Buffer.alloc(0);

beforeAll(async () => {
  rig = await openRig((_, response) => response.end());
  for (const one of bytes) {
    const sha256 = sha256Of(one);
    const key = `blobs/sha256/${sha256.slice(0, 2)}/${sha256.slice(2, 4)}/${sha256}.webp`;
    await rig.store.put(key, one, { mime: 'image/webp', sha256 });
    await rig.db.client.blob.create({ data: { sha256, key, mime: 'image/webp', size, state: 'live' } });
  }
  keys = (await rig.db.client.blob.findMany({ orderBy: { sha256: 'asc' } })).map(({ key }) => key);
});
afterAll(() => rig.close());
beforeEach(async () => {
  await rig.db.client.$executeRaw`DELETE FROM events`;
});

/** One process's. `reads` are the keys that it has read. */
function scrubber(limits: Partial<ScrubLimits> = {}) {
  const reads: string[] = [];
  const logger = createLogger('test', { level: 'fatal', format: 'json' });
  const store = new Proxy<BlobStore>(rig.store, {
    get(target, name) {
      if (name !== 'get') return Reflect.get(target, name) as unknown;
      return (key: string) => {
        if (reads.at(-1) !== key) reads.push(key);
        return target.get(key);
      };
    },
  });
  const recorder = new DamageRecorder(rig.blobs, rig.metrics, logger);
  const all = { dailyBytes: 5 * size, batch: 2, runMs: 60_000, ...limits };
  return { reads, scrubber: new Scrubber(new ScrubLog(rig.db), store, recorder, rig.metrics, all) };
}
const signal = new AbortController().signal;
const events = (type: string) =>
  rig.db.client.$queryRawUnsafe<{ payload: Record<string, unknown> }[]>(
    `SELECT payload FROM events WHERE type = '${type}' ORDER BY id`,
  );
/** What was done counts as of yesterday. */
const nextDay = () =>
  rig.db.client.$executeRaw`UPDATE events SET created_at = created_at - interval '1 day' WHERE type LIKE 'scrub.%'`;

describe('the daily check of stored bytes', () => {
  it('reads its share and no more, goes on with the next one the day after, and begins anew at the end', async () => {
    const seen: string[][] = [];
    for (let day = 0; day < 4; day++) {
      const { reads, scrubber: one } = scrubber();
      expect(await one.run(signal)).toBe('done');
      // Whoever is asked again on the same day reads nothing.
      expect(await scrubber().scrubber.run(signal)).toBe('done');
      seen.push(reads);
      await nextDay();
    }
    expect(seen).toEqual([keys.slice(0, 5), keys.slice(5, 10), keys.slice(10), keys.slice(0, 5)]);
    expect((await events('scrub.finished')).map(({ payload }) => payload['pass'])).toEqual([
      'goes on',
      'goes on',
      'complete',
      'goes on',
    ]);
  });

  it('finds what is altered and what is missing, and notes both; the right bytes are noted when they are back', async () => {
    const [altered, missing] = [join(rig.folder.path, keys[1] ?? ''), join(rig.folder.path, keys[3] ?? '')];
    await writeFile(altered, Buffer.alloc(size, 99));
    await rm(missing);
    await scrubber().scrubber.run(signal);
    const damaged = await rig.db.client.blob.findMany({ where: { state: 'damaged' }, orderBy: { sha256: 'asc' } });
    expect(damaged.map(({ key }) => key)).toEqual([keys[1], keys[3]]);
    const found = (await events('scrub.progressed')).map(({ payload }) => payload);
    const sum = (name: string) => found.reduce((total, payload) => total + Number(payload[name]), 0);
    expect([sum('checked'), sum('corrupt'), sum('missing')]).toEqual([5, 1, 1]);
    const text = await rig.metrics.render();
    expect(text).toContain('vaultstream_scrub_blobs_total{outcome="corrupt"} 1');
    expect(text).toContain('vaultstream_scrub_blobs_total{outcome="missing"} 1');
    expect(text).toContain('vaultstream_blobs_damaged_total{reason="altered"} 1');

    await writeFile(altered, bytesOf(keys[1]));
    await writeFile(missing, bytesOf(keys[3]));
    await rig.db.client.$executeRaw`DELETE FROM events`;
    await scrubber().scrubber.run(signal);
    expect(await rig.db.client.blob.count({ where: { state: 'damaged' } })).toBe(0);
  });

  it('is put off when it takes long, and goes on where it was, also after it was cut off', async () => {
    const first = scrubber({ runMs: 0, dailyBytes: 100 * size });
    // The bounds of a run are looked at after each blob: one that may take no time reads one.
    const handler = new VerifyBlobsHandler(first.scrubber);
    const context = rig.contextOf();
    await expect(handler.run({}, context)).rejects.toThrow(Later);
    const abort = new AbortController();
    const second = scrubber({ dailyBytes: 100 * size });
    abort.abort(new Error('the process stops'));
    await expect(second.scrubber.run(abort.signal)).rejects.toThrow('the process stops');
    const third = scrubber({ dailyBytes: 100 * size });
    await new VerifyBlobsHandler(third.scrubber).run({}, context);
    expect([...first.reads, ...second.reads, ...third.reads]).toEqual(keys);
    expect(await events('scrub.finished')).toHaveLength(1);
  });

  it('says nothing of a blob while the store is away', async () => {
    const logger = createLogger('test', { level: 'fatal', format: 'json' });
    const away = { get: () => Promise.reject(new InfrastructureError('away')) } as unknown as BlobStore;
    const recorder = new DamageRecorder(rig.blobs, rig.metrics, logger);
    const limits = { dailyBytes: 5 * size, batch: 2, runMs: 60_000 };
    const one = new Scrubber(new ScrubLog(rig.db), away, recorder, rig.metrics, limits);
    await expect(one.run(signal)).rejects.toThrow(InfrastructureError);
    expect(await rig.db.client.blob.count({ where: { state: 'damaged' } })).toBe(0);
    expect(await events('scrub.finished')).toEqual([]);
  });

  it('reads nothing where nothing is to be read', async () => {
    const { reads, scrubber: one } = scrubber({ dailyBytes: 0 });
    expect(await one.run(signal)).toBe('done');
    expect([reads, await events('scrub.finished')]).toEqual([[], []]);
  });
});
