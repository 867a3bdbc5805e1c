import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { InfrastructureError, InvalidInput } from '@vaultstream/contracts';
import { parseBlobKey } from '../blob-key.ts';
import type { BlobRead, ByteRange } from '../blob-store.ts';
import { guardRead } from '../guarded-read.ts';
import type { S3Bucket } from './s3-bucket.ts';
import { s3Error, s3Failure } from './s3-error.ts';

const doing = 'blob storage cannot be read';

/** An opened object, with the tag that names what was stored by this upload. */
interface ObjectRead extends BlobRead {
  etag: string | undefined;
}

/**
 * Opens an object. The whole of a blob is checked against the hash that its key names, while it is read.
 * @returns Null when the store says that there is no such key.
 * @throws InvalidInput when the range begins beyond its end.
 */
export async function readObject(bucket: S3Bucket, key: string, range?: ByteRange): Promise<ObjectRead | null> {
  if (range && (range.start < 0 || range.end < range.start)) throw outside();
  const Range = range && `bytes=${range.start}-${range.end}`;
  const answer = await bucket.perform(doing, async (client, sdk) => {
    try {
      return await client.send(
        new sdk.GetObjectCommand({ ...bucket.at(key), ...(Range === undefined ? {} : { Range }) }),
      );
    } catch (error) {
      const { code, status } = s3Failure(error);
      if (code === 'NoSuchKey') return null;
      throw status === 416 ? outside() : error;
    }
  });
  if (!answer) return null;
  const { Body, ContentLength: length, ContentRange, ETag: etag, LastModified } = answer;
  const size = range ? Number(/\/(\d+)$/.exec(ContentRange ?? '')?.[1]) : length;
  if (!(Body instanceof Readable) || length === undefined || size === undefined || Number.isNaN(size)) {
    if (Body instanceof Readable) Body.destroy();
    throw new InfrastructureError(`${doing}: the object store answers without a length`);
  }
  const sha256 = range ? undefined : (parseBlobKey(key) ?? undefined);
  const stream = guardRead(Body, { length, sha256 }, (error) => s3Error(doing, error));
  // Right bytes that replace damaged ones may have their tag, since it is made of what was sent: the moment tells them apart.
  const version = `${etag ?? ''} ${LastModified?.toISOString() ?? ''}`;
  return { stream, size, length, version, etag };
}

/** Hex SHA-256 of what is stored, by reading it; null when there is nothing (any more). */
export async function hashOfObject(bucket: S3Bucket, key: string): Promise<string | null> {
  return bucket.perform(doing, async (client, sdk) => {
    const hash = createHash('sha256');
    try {
      const { Body } = await client.send(new sdk.GetObjectCommand(bucket.at(key)));
      if (!(Body instanceof Readable)) return null;
      await pipeline(Body, hash);
    } catch (error) {
      if (s3Failure(error).code === 'NoSuchKey') return null;
      throw error;
    }
    return hash.digest('hex');
  });
}

const outside = (): InvalidInput =>
  new InvalidInput('the range is outside of the object', [{ path: 'range', message: 'is outside' }]);
