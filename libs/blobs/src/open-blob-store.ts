import type { Env } from '@vaultstream/runtime';
import type { BlobStore } from './blob-store.ts';
import type { LinkSigner } from './links/link-signer.ts';
import { LocalBlobStore } from './local/local-blob-store.ts';
import { S3BlobStore } from './s3/s3-blob-store.ts';
import { S3Bucket } from './s3/s3-bucket.ts';
import { S3Links } from './s3/s3-links.ts';
import { S3Signer } from './s3/s3-signer.ts';

/**
 * The object store that the environment names. An S3 is not asked for anything yet.
 * @param links Signs links to a local store.
 * @throws InfrastructureError when a local folder cannot be written.
 */
export async function openBlobStore({ storage, s3 }: Env, links: LinkSigner): Promise<BlobStore> {
  if (!s3) return await LocalBlobStore.open(storage.localRoot, links);
  return new S3BlobStore(new S3Bucket(s3), new S3Links(new S3Signer(s3), storage.presignExpiresS));
}
