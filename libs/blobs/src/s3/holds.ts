import { InfrastructureError } from '@vaultstream/contracts';
import { hashOfObject } from './read-object.ts';
import type { S3Bucket } from './s3-bucket.ts';

/**
 * True when the right bytes are under a key: by the hash that the store has computed at the upload, else by reading them (some stores
 * keep none, or that of the parts).
 * @param size Bytes, when they are known.
 */
export async function holds(bucket: S3Bucket, key: string, sha256: string, size?: number): Promise<boolean> {
  const found = await bucket.find(key);
  if (!found || (size !== undefined && found.size !== size)) return false;
  return found.sha256 === sha256 || (await hashOfObject(bucket, key)) === sha256;
}

/**
 * Asks the store what it has, after it has said that it took it: the answer may have come from something in between.
 * @throws InfrastructureError when it has something else.
 */
export async function assertHolds(bucket: S3Bucket, key: string, sha256: string, size: number): Promise<void> {
  if (await holds(bucket, key, sha256, size)) return;
  const text = 'blob storage cannot be written: the object store does not hold what it says to have taken';
  throw new InfrastructureError(text, { retryAfterMs: 5_000 });
}
