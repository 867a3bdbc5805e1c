import { S3Client } from '@aws-sdk/client-s3';
import type { S3Settings } from '@vaultstream/runtime';
import { givenS3, newBucket, TestS3, type S3Access } from '@vaultstream/testing';
import { S3BlobStore } from '../src/s3/s3-blob-store.ts';
import { S3Bucket } from '../src/s3/s3-bucket.ts';
import type { S3Times } from '../src/s3/s3-client.ts';
import { S3Links } from '../src/s3/s3-links.ts';
import { S3Signer } from '../src/s3/s3-signer.ts';
import { S3UploadArea } from '../src/s3/s3-upload-area.ts';

/** For specs: an S3, a bucket of its own in it, and ways around the driver. */
export interface S3Rig {
  settings: S3Settings;
  /** A store as another process would open it. */
  open(more?: Partial<S3Settings>, times?: Partial<S3Times>): S3BlobStore;
  uploads(expiresS?: number): S3UploadArea;
  /** Straight to the S3, with the rights of its owner. */
  client: S3Client;
  close(): Promise<void>;
}

export function s3Rig(access: S3Access): Omit<S3Rig, 'close'> {
  const { endpoint, region, accessKey, secretKey } = access;
  const settings: S3Settings = {
    endpoint,
    publicEndpoint: undefined,
    region,
    bucket: newBucket(),
    prefix: '',
    addressing: 'path',
    credentials: { accessKey, secretKey },
  };
  const open = (more: Partial<S3Settings> = {}, times: Partial<S3Times> = {}): S3BlobStore => {
    const mine = { ...settings, ...more };
    return new S3BlobStore(new S3Bucket(mine, times), new S3Links(new S3Signer(mine), 60));
  };
  const uploads = (expiresS = 60) => new S3UploadArea(new S3Bucket(settings), new S3Signer(settings), expiresS);
  const credentials = { accessKeyId: accessKey, secretAccessKey: secretKey };
  return { settings, open, uploads, client: new S3Client({ endpoint, region, forcePathStyle: true, credentials }) };
}

/** The S3 that the environment names, else a MinIO of one's own. */
export async function openS3Rig(): Promise<S3Rig> {
  const given = givenS3();
  const own = given ? undefined : await TestS3.start();
  const access = given ?? own;
  if (!access) throw new Error('there is no S3');
  const rig = s3Rig(access);
  return {
    ...rig,
    close: async () => {
      rig.client.destroy();
      await own?.remove();
    },
  };
}
