import { createHash, type Hash } from 'node:crypto';
import { BadPayload, NotFound } from '@vaultstream/contracts';
import { blobHash, parseBlobKey } from '../blob-key.ts';
import {
  BlobStore,
  type BlobBytes,
  type BlobEntry,
  type BlobFacts,
  type BlobRead,
  type ByteRange,
} from '../blob-store.ts';
import { Deadline } from '../deadline.ts';
import { guardSource, SourceError } from '../source.ts';
import { deleteWithin } from './delete-within.ts';
import { writeIfAbsent } from './conditional-write.ts';
import { assertHolds, holds } from './holds.ts';
import { inParts } from './in-parts.ts';
import { listObjects } from './list-objects.ts';
import { uploadInParts } from './multipart.ts';
import { readObject } from './read-object.ts';
import type { S3Bucket } from './s3-bucket.ts';
import type { S3Links } from './s3-links.ts';
import { sweepUploads } from './sweep-uploads.ts';

/** A bucket that took bytes this lately is not asked to take a probe: milliseconds. */
const probeAgeMs = 30_000;

/** Milliseconds within which a delete may be sent where nobody says. */
const deleteMs = 60_000;

const writing = 'blob storage cannot be written';

interface StoredBlob {
  size: number;
  written: boolean;
}

/** Blobs as objects of one bucket of any S3. Links are presigned, for the address that browsers can reach. */
export class S3BlobStore extends BlobStore {
  /** When bytes were last taken: milliseconds of `performance.now()`. */
  private writtenAt = Number.NEGATIVE_INFINITY;

  /** Nothing is asked of the bucket before the first call. */
  constructor(
    private readonly bucket: S3Bucket,
    private readonly links: S3Links,
  ) {
    super();
  }

  override async put(key: string, bytes: BlobBytes, facts: BlobFacts): Promise<StoredBlob> {
    const named = blobHash(key);
    if (facts.sha256 !== named) throw new BadPayload('the key does not name the hash of the bytes');
    try {
      const stored =
        bytes instanceof Uint8Array
          ? await this.putBytes(key, bytes, facts, createHash('sha256').update(bytes))
          : await this.putStream(key, guardSource(bytes), facts);
      this.writtenAt = performance.now();
      return stored;
    } catch (error) {
      this.writtenAt = Number.NEGATIVE_INFINITY;
      throw error instanceof SourceError ? error.cause : error;
    }
  }

  override async head(key: string): Promise<{ size: number } | null> {
    blobHash(key);
    const found = await this.bucket.find(key);
    return found && { size: found.size };
  }

  override async get(key: string, range?: ByteRange): Promise<BlobRead> {
    blobHash(key);
    const read = await readObject(this.bucket, key, range);
    if (read) return read;
    await this.bucket.assertOurs();
    throw new NotFound('the stored object is not there');
  }

  override async delete(key: string, deadline = new Deadline(deleteMs)): Promise<void> {
    blobHash(key);
    // S3 answers a delete of nothing as it answers one of something: in a wrong bucket, all would seem to be deleted.
    await this.bucket.assertOurs();
    await this.bucket.perform('a stored object cannot be deleted', (client, sdk) =>
      deleteWithin(client, sdk, this.bucket.at(key), deadline),
    );
  }

  override async *list(prefix: string): AsyncGenerator<BlobEntry> {
    await this.bucket.assertOurs();
    for await (const entry of listObjects(this.bucket, prefix)) if (parseBlobKey(entry.key) !== null) yield entry;
  }

  override async urlFor(key: string, lifeS?: number): Promise<string> {
    blobHash(key);
    return await this.links.read(key, lifeS);
  }

  override async check(): Promise<void> {
    await this.bucket.assertOurs();
    if (performance.now() - this.writtenAt < probeAgeMs) return;
    await this.bucket.writeMarker();
    this.writtenAt = performance.now();
  }

  override async sweep(): Promise<number> {
    return sweepUploads(this.bucket, 'blobs/');
  }

  private async putBytes(key: string, bytes: Uint8Array, facts: BlobFacts, hash: Hash): Promise<StoredBlob> {
    const digest = hash.digest();
    if (digest.toString('hex') !== facts.sha256) throw wrongBytes();
    const size = bytes.length;
    const isThere = async () => !facts.rewrite && (await holds(this.bucket, key, facts.sha256, size));
    if (await isThere()) return { size, written: false };
    const object = { ...this.bucket.at(key), Body: bytes, ContentLength: size, ContentType: facts.mime };
    const written = await this.bucket.perform(writing, (client, sdk) =>
      writeIfAbsent(async (onlyIfAbsent) => {
        const input = { ...object, ChecksumSHA256: digest.toString('base64'), ...onlyIfAbsent };
        await client.send(new sdk.PutObjectCommand(input));
      }, isThere),
    );
    if (written) await assertHolds(this.bucket, key, facts.sha256, size);
    return { size, written };
  }

  /** What fits into one part is put as it is; the rest goes part by part. */
  private async putStream(key: string, source: AsyncIterable<Uint8Array>, facts: BlobFacts): Promise<StoredBlob> {
    const hash = createHash('sha256');
    let size = 0;
    const parts = inParts(counted());
    try {
      const first = await parts.next();
      const second = await parts.next();
      if (first.value === undefined || second.value === undefined)
        return await this.putBytes(key, first.value ?? new Uint8Array(), facts, hash);
      const there = !facts.rewrite && (await holds(this.bucket, key, facts.sha256));
      const all = chained([first.value, second.value], parts);
      const assertWhole = (): void => {
        if (hash.digest('hex') !== facts.sha256) throw wrongBytes();
      };
      if (there) {
        await drain(all);
        assertWhole();
        return { size, written: false };
      }
      const isThere = async () => !facts.rewrite && (await holds(this.bucket, key, facts.sha256, size));
      const written = await uploadInParts(this.bucket, { key, mime: facts.mime }, all, assertWhole, isThere);
      if (written) await assertHolds(this.bucket, key, facts.sha256, size);
      return { size, written };
    } finally {
      await parts.return(undefined);
    }

    async function* counted() {
      for await (const chunk of source) {
        hash.update(chunk);
        size += chunk.length;
        yield chunk;
      }
    }
  }
}

async function* chained(first: Iterable<Uint8Array>, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* first;
  yield* rest;
}

async function drain(source: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of source);
}

const wrongBytes = (): BadPayload => new BadPayload('the bytes do not have the hash that they are to be stored under');
