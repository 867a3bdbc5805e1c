import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe } from '@jest/globals';
import { s3IsHere } from '@vaultstream/testing';
import { describeBlobStore } from '../../test/compliance.ts';
import { openS3Rig, type S3Rig } from '../../test/s3.ts';

(s3IsHere() ? describe : describe.skip)('C15: an S3', () => {
  let rig: S3Rig;
  beforeAll(async () => {
    rig = await openS3Rig();
  }, 60_000);
  afterAll(() => rig.close());

  for (const prefix of ['', 'vaultstream/prod/']) {
    const tamper = async (key: string, Body: Uint8Array): Promise<void> => {
      const Bucket = rig.settings.bucket;
      await rig.client.send(new PutObjectCommand({ Bucket, Key: prefix + key, Body, ContentLength: Body.length }));
    };
    describeBlobStore(`S3BlobStore in "${prefix}"`, () => Promise.resolve(rig.open({ prefix })), tamper);
  }
});
