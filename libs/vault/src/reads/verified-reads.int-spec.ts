import { createHash, randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { type Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { blobKey, LinkSigner, LocalBlobStore, type ByteRange } from '@vaultstream/blobs';
import { createLogger } from '@vaultstream/runtime';
import type { BlobRecord } from '@vaultstream/store';
import { tempDir } from '@vaultstream/testing';
import type { DamageRecorder } from './damage-recorder.ts';
import { VerifiedReads } from './verified-reads.ts';

let folder: Awaited<ReturnType<typeof tempDir>>;
let store: LocalBlobStore;
beforeAll(async () => {
  folder = await tempDir();
  store = await LocalBlobStore.open(folder.path, new LinkSigner({ secretsKeys: [randomBytes(32)], expiresS: 60 }));
});
afterAll(() => folder.remove());

/** A blob of 100 bytes, and a store that counts how often it is read. */
async function stored() {
  const bytes = randomBytes(100);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const key = blobKey(sha256, 'webp');
  await store.put(key, bytes, { mime: 'image/webp', sha256 });
  const blob: BlobRecord = {
    ...{ sha256, key, mime: 'image/webp', size: 100, width: 1, height: 1 },
    ...{ state: 'live', createdAt: new Date(), touchedAt: new Date() },
  };
  const gets: (ByteRange | undefined)[] = [];
  const counting = new Proxy(store, {
    get: (target, name) =>
      name === 'get'
        ? (asked: string, range?: ByteRange) => (gets.push(range), target.get(asked, range))
        : (Reflect.get(target, name) as unknown),
  });
  const recorder = { whole: () => Promise.resolve() } as unknown as DamageRecorder;
  const logger = createLogger('test', { level: 'silent', format: 'json' });
  const reads = (memoryBytes: number) => new VerifiedReads(counting, recorder, logger, { memoryBytes });
  return { bytes, blob, gets, reads };
}
const all = async (body: Buffer | Readable) => (Buffer.isBuffer(body) ? body : buffer(body));

describe('VerifiedReads', () => {
  it('reads once into memory while there is some, else twice, and takes memory that was given back', async () => {
    const { bytes, blob, gets, reads } = await stored();
    const tight = reads(150);
    const first = await tight.open(blob, null);
    expect([Buffer.isBuffer(first.body), gets.length]).toEqual([true, 1]);
    const other = await stored();
    const second = await tight.open({ ...other.blob }, null);
    expect([Buffer.isBuffer(second.body), gets.length]).toEqual([false, 3]);
    expect(await all(second.body)).toEqual(other.bytes);
    first.release();
    expect(await all((await tight.open(blob, null)).body)).toEqual(bytes);
    expect(gets).toHaveLength(4);
  });

  it('checks an object once for all who want parts of it at the same time, and again when it was written since', async () => {
    const { bytes, blob, gets, reads } = await stored();
    const roomy = reads(1_000);
    const range = { start: 10, end: 19 };
    const parts = await Promise.all(Array.from({ length: 10 }, () => roomy.open(blob, range)));
    for (const { body } of parts) expect(await all(body)).toEqual(bytes.subarray(10, 20));
    expect(gets.filter((part) => part === undefined)).toHaveLength(1);
    await store.put(blob.key, bytes, { mime: blob.mime, sha256: blob.sha256, rewrite: true });
    expect(await all((await roomy.open(blob, range)).body)).toEqual(bytes.subarray(10, 20));
    expect(gets.filter((part) => part === undefined)).toHaveLength(2);
  });
});
