import { createHash, randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { describe, expect, it } from '@jest/globals';
import { BadPayload, InvalidInput, NotFound } from '@vaultstream/contracts';
import { blobKey } from '../src/blob-key.ts';
import type { BlobStore } from '../src/blob-store.ts';
import { Deadline, TooLate } from '../src/deadline.ts';

/** Some bytes with their facts and their key, as a storer has them. */
export interface Sample {
  bytes: Buffer;
  key: string;
  facts: { mime: string; sha256: string };
}

/** Random bytes of a given length, ready to be put. */
export function sample(length = 1_000, extension = 'webp'): Sample {
  const bytes = randomBytes(length);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { bytes, key: blobKey(sha256, extension), facts: { mime: 'image/webp', sha256 } };
}

/** A13: keys that must never reach a file or an object. */
export const hostileKeys: readonly string[] = [
  '',
  '/',
  '..',
  '../../etc/passwd',
  '/etc/passwd',
  'C:\\windows\\win.ini',
  'blobs/sha256/../../../etc/passwd',
  '%2e%2e%2f%2e%2e%2fetc%2fpasswd',
  'blobs/sha256/%2e%2e/%2e%2e/passwd.txt',
  'blobs\\sha256\\..\\..\\secret.txt',
  `blobs/sha256/..\\..\\${'a'.repeat(64)}.webp`,
  `blobs/sha256/aa/aa/${'a'.repeat(64)}.webp\0.png`,
  `blobs/sha256/aa/aa/${'a'.repeat(64)}.webp\n`,
  `blobs/sha256/aa/aa/../aa/${'a'.repeat(64)}.webp`,
  `blobs//sha256/aa/aa/${'a'.repeat(64)}.webp`,
  `/blobs/sha256/aa/aa/${'a'.repeat(64)}.webp`,
  `blobs/sha256/AA/AA/${'A'.repeat(64)}.webp`,
  `blobs/sha256/aa/bb/${'a'.repeat(64)}.webp`,
  `blobs/sha256/aa/aa/${'a'.repeat(63)}.webp`,
  `blobs/sha256/aa/aa/${'a'.repeat(5_000)}.webp`,
  `blobs/sha256/aa/aa/${'a'.repeat(64)}`,
  `blobs/sha256/aa/aa/${'a'.repeat(64)}.webp/x`,
  'tmp/1.part',
  '.vaultstream-storage',
];

function* cut(bytes: Buffer, length: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

/**
 * What every driver must do. For specs only.
 * @param open Answers the same store each time, as another process would open it.
 * @param tamper Replaces what is stored under a key behind the driver's back.
 */
export function describeBlobStore(
  name: string,
  open: () => Promise<BlobStore>,
  tamper: (key: string, bytes: Uint8Array) => Promise<void>,
): void {
  describe(`${name} is a BlobStore`, () => {
    it('gives back what was put, whole and in parts', async () => {
      const store = await open();
      const { bytes, key, facts } = sample();
      expect(await store.put(key, bytes, facts)).toEqual({ size: 1_000, written: true });
      expect(await store.head(key)).toEqual({ size: 1_000 });
      const whole = await (await open()).get(key);
      expect(whole).toMatchObject({ size: 1_000, length: 1_000 });
      expect(await buffer(whole.stream)).toEqual(bytes);
      const part = await store.get(key, { start: 10, end: 19 });
      expect(part).toMatchObject({ size: 1_000, length: 10 });
      expect(await buffer(part.stream)).toEqual(bytes.subarray(10, 20));
      const tail = await store.get(key, { start: 990, end: 5_000 });
      expect(await buffer(tail.stream)).toEqual(bytes.subarray(990));
      await expect(store.get(key, { start: 1_000, end: 1_001 })).rejects.toBeInstanceOf(InvalidInput);
    });

    it('takes streams and empty bytes', async () => {
      const store = await open();
      const streamed = sample(200_000);
      const chunks = [
        streamed.bytes.subarray(0, 1),
        streamed.bytes.subarray(1, 150_000),
        streamed.bytes.subarray(150_000),
      ];
      expect(await store.put(streamed.key, Readable.from(chunks), streamed.facts)).toMatchObject({ size: 200_000 });
      expect(await buffer((await store.get(streamed.key)).stream)).toEqual(streamed.bytes);
      const empty = sample(0);
      await store.put(empty.key, empty.bytes, empty.facts);
      expect(await store.head(empty.key)).toEqual({ size: 0 });
      expect(await buffer((await store.get(empty.key)).stream)).toHaveLength(0);
    });

    it('says "missing" in its own way, and deletes twice', async () => {
      const store = await open();
      const { bytes, key, facts } = sample();
      expect(await store.head(key)).toBeNull();
      await expect(store.get(key)).rejects.toBeInstanceOf(NotFound);
      await store.delete(key);
      await store.put(key, bytes, facts);
      await store.delete(key);
      await store.delete(key);
      expect(await store.head(key)).toBeNull();
    });

    it('P8: deletes nothing when the deadline of the delete has passed', async () => {
      const store = await open();
      const { bytes, key, facts } = sample();
      await store.put(key, bytes, facts);
      await expect(store.delete(key, new Deadline(0))).rejects.toBeInstanceOf(TooLate);
      expect(await store.head(key)).toEqual({ size: 1_000 });
      await store.delete(key, new Deadline(60_000));
      expect(await store.head(key)).toBeNull();
    });

    it('C10: refuses bytes that do not have the hash, and keeps nothing of them', async () => {
      const store = await open();
      const { key, facts } = sample();
      const wrong = randomBytes(1_000);
      await expect(store.put(key, wrong, facts)).rejects.toBeInstanceOf(BadPayload);
      await expect(store.put(key, Readable.from([wrong]), facts)).rejects.toBeInstanceOf(BadPayload);
      const other = sample();
      await expect(store.put(key, other.bytes, other.facts)).rejects.toBeInstanceOf(BadPayload);
      expect(await store.head(key)).toBeNull();
    });

    it('behaviour 21: does not write bytes again that are there', async () => {
      const store = await open();
      const { bytes, key, facts } = sample();
      await store.put(key, bytes, facts);
      expect(await store.put(key, bytes, facts)).toEqual({ size: 1_000, written: false });
      expect(await (await open()).put(key, Readable.from([bytes]), facts)).toEqual({ size: 1_000, written: false });
    });

    it('C8: 50 parallel puts of one hash make one object', async () => {
      const stores = await Promise.all([open(), open()]);
      const { bytes, key, facts } = sample(100_000);
      const puts = Array.from({ length: 50 }, async (_, index) => {
        const source = index % 3 === 0 ? Readable.from([bytes]) : bytes;
        return await stores[index % 2]?.put(key, source, facts);
      });
      for (const put of await Promise.all(puts)) expect(put?.size).toBe(100_000);
      const [store] = stores;
      const listed = [];
      for await (const entry of store?.list(key) ?? []) listed.push(entry);
      expect(listed).toMatchObject([{ key, size: 100_000 }]);
      expect(await buffer((await store?.get(key))?.stream ?? Readable.from([]))).toEqual(bytes);
    });

    it('never shows an object that is only half written', async () => {
      const store = await open();
      const { bytes, key, facts } = sample(100_000);
      const halfway = Promise.withResolvers<void>();
      const goOn = Promise.withResolvers<void>();
      async function* slowly() {
        yield bytes.subarray(0, 50_000);
        halfway.resolve();
        await goOn.promise;
        yield bytes.subarray(50_000);
      }
      const put = store.put(key, Readable.from(slowly()), facts);
      await halfway.promise;
      expect(await store.head(key)).toBeNull();
      goOn.resolve();
      await put;
      expect(await store.head(key)).toEqual({ size: 100_000 });
    });

    it('C9: a source that fails leaves nothing, and its own error', async () => {
      const store = await open();
      const { bytes, key, facts } = sample();
      const failure = new Error('the source broke');
      async function* breaking() {
        yield bytes.subarray(0, 500);
        throw failure;
      }
      await expect(store.put(key, Readable.from(breaking()), facts)).rejects.toBe(failure);
      expect(await store.head(key)).toBeNull();
    });

    it('C7: damaged bytes are never read as good ones, and a later put of the right bytes replaces them', async () => {
      const store = await open();
      for (const length of [1_000, 999]) {
        const { bytes, key, facts } = sample(1_000);
        await store.put(key, bytes, facts);
        await tamper(key, randomBytes(length));
        await expect(buffer((await store.get(key)).stream)).rejects.toBeInstanceOf(BadPayload);
        const source = length === 999 ? Readable.from([bytes]) : bytes;
        expect(await store.put(key, source, facts)).toEqual({ size: 1_000, written: true });
        expect(await buffer((await store.get(key)).stream)).toEqual(bytes);
      }
    });

    it('C7: whoever reads damaged bytes never gets all of them, however long they are', async () => {
      const store = await open();
      for (const length of [1_000, 300_000]) {
        const { bytes, key, facts } = sample(length);
        await store.put(key, bytes, facts);
        const damaged = Buffer.from(bytes);
        damaged.writeUInt8(bytes.readUInt8(0) ^ 1, 0);
        await tamper(key, damaged);
        let got = 0;
        const { stream } = await store.get(key);
        stream.on('data', (chunk: Buffer) => (got += chunk.length));
        await expect(finished(stream)).rejects.toBeInstanceOf(BadPayload);
        expect(got).toBeLessThan(length);
      }
    });

    it('C7: a put that is told that the bytes are damaged writes them, whatever the store says about them', async () => {
      const store = await open();
      const { bytes, key, facts } = sample(100_000);
      await store.put(key, bytes, facts);
      for (const source of [() => bytes, () => Readable.from([bytes])]) {
        expect(await store.put(key, source(), facts)).toEqual({ size: 100_000, written: false });
        expect(await store.put(key, source(), { ...facts, rewrite: true })).toEqual({ size: 100_000, written: true });
        expect(await buffer((await store.get(key)).stream)).toEqual(bytes);
      }
      const wrong = randomBytes(100_000);
      await expect(store.put(key, wrong, { ...facts, rewrite: true })).rejects.toBeInstanceOf(BadPayload);
      expect(await buffer((await store.get(key)).stream)).toEqual(bytes);
    });

    it('says which state of an object it reads: the same until the object is written again', async () => {
      const store = await open();
      const { bytes, key, facts } = sample();
      await store.put(key, bytes, facts);
      const versionOf = async (range?: { start: number; end: number }) => {
        const { stream, version } = await store.get(key, range);
        await buffer(stream);
        return version;
      };
      const first = await versionOf();
      expect(first).toMatch(/./);
      expect(await versionOf({ start: 1, end: 2 })).toBe(first);
      await tamper(key, randomBytes(1_000));
      expect(await versionOf({ start: 1, end: 2 })).not.toBe(first);
    });

    it('takes a stream that is larger than one request, and not again', async () => {
      const store = await open();
      const { bytes, key, facts } = sample(17 * 1_048_576);
      const pieces = () => Readable.from(cut(bytes, 1_000_003));
      expect(await store.put(key, pieces(), facts)).toEqual({ size: bytes.length, written: true });
      expect((await buffer((await store.get(key)).stream)).equals(bytes)).toBe(true);
      expect(await store.put(key, pieces(), facts)).toEqual({ size: bytes.length, written: false });
      expect(await store.put(key, bytes, facts)).toEqual({ size: bytes.length, written: false });
      const wrong = () => Readable.from(cut(Buffer.concat([bytes, Buffer.of(1)]), 1_000_003));
      await expect(store.put(key, wrong(), facts)).rejects.toBeInstanceOf(BadPayload);
      const other = sample(17 * 1_048_576);
      await expect(store.put(other.key, wrong(), other.facts)).rejects.toBeInstanceOf(BadPayload);
      expect(await store.head(other.key)).toBeNull();
    });

    it('a reader that goes away ends the read', async () => {
      const store = await open();
      const { bytes, key, facts } = sample(2_000_000);
      await store.put(key, bytes, facts);
      for (let count = 0; count < 100; count++) (await store.get(key)).stream.destroy();
      expect(await store.head(key)).toEqual({ size: 2_000_000 });
    });

    it('C14: lists what has the prefix, in the order of the keys', async () => {
      const store = await open();
      const samples = Array.from({ length: 30 }, () => sample(10));
      for (const { key, bytes, facts } of samples) await store.put(key, bytes, facts);
      const listed: string[] = [];
      for await (const entry of store.list('blobs/')) listed.push(entry.key);
      expect(listed).toEqual(listed.toSorted());
      expect(listed).toEqual(expect.arrayContaining(samples.map(({ key }) => key)));
      const prefix = samples[0]?.key.slice(0, 17) ?? '';
      const some: string[] = [];
      for await (const entry of store.list(prefix)) some.push(entry.key);
      expect(some).toEqual(listed.filter((key) => key.startsWith(prefix)));
      expect(some).toContain(samples[0]?.key);
    });

    it('A13: refuses every key that is not the key of a blob', async () => {
      const store = await open();
      const { bytes, facts } = sample();
      for (const key of hostileKeys) {
        await expect(store.put(key, bytes, facts)).rejects.toBeInstanceOf(InvalidInput);
        await expect(store.head(key)).rejects.toBeInstanceOf(InvalidInput);
        await expect(store.get(key)).rejects.toBeInstanceOf(InvalidInput);
        await expect(store.delete(key)).rejects.toBeInstanceOf(InvalidInput);
        await expect(async () => await store.urlFor(key)).rejects.toBeInstanceOf(InvalidInput);
      }
    });

    it('makes links and reports its health', async () => {
      const store = await open();
      expect(await store.urlFor(sample().key)).toMatch(/expires/i);
      // Written as a moment or as a number of seconds, by driver.
      const expiryOf = (link: string) => Number(/expires=(\d+)/i.exec(link)?.[1]);
      const [usual, long] = [await store.urlFor(sample().key), await store.urlFor(sample().key, 400_000)].map(expiryOf);
      expect((long ?? 0) - (usual ?? 0)).toBeGreaterThan(300_000);
      await store.check();
      expect(await store.sweep()).toBe(0);
    });
  });
}
