import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import {
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  ListMultipartUploadsCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { InfrastructureError, isVaultError } from '@vaultstream/contracts';
import { eventually, s3IsHere } from '@vaultstream/testing';
import { sample } from '../../test/compliance.ts';
import { Middleman } from '../../test/middleman.ts';
import { openS3Rig, type S3Rig } from '../../test/s3.ts';
import { Deadline } from '../deadline.ts';
import { S3Bucket } from './s3-bucket.ts';
import type { S3BlobStore } from './s3-blob-store.ts';
import { sweepUploads } from './sweep-uploads.ts';

const megabyte = 1_048_576;

(s3IsHere() ? describe : describe.skip)('S3BlobStore behind a bad middleman', () => {
  let rig: S3Rig;
  let middleman: Middleman;
  let store: S3BlobStore;
  beforeAll(async () => {
    rig = await openS3Rig();
    middleman = await Middleman.between(rig.settings.endpoint ?? '');
    store = rig.open({ endpoint: middleman.endpoint }, { connectMs: 1_000, answerMs: 3_000 });
    await store.check();
  }, 60_000);
  afterEach(() => {
    middleman.mischief = () => undefined;
    middleman.seen.length = 0;
  });
  afterAll(async () => {
    await middleman.close();
    await rig.close();
  });

  const stored = async (length = 100_000) => {
    const blob = sample(length);
    await store.put(blob.key, blob.bytes, blob.facts);
    return blob;
  };
  const failure = async (work: Promise<unknown>): Promise<Error> => {
    const error = await work.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(InfrastructureError);
    return error as Error;
  };

  it('J16: a body that is cut is never taken for a whole one: 50 of 50', async () => {
    const { key, bytes } = await stored();
    for (let count = 0; count < 50; count++) {
      middleman.mischief = ({ method }) => (method === 'GET' ? { cutAnswerAfter: count * 2_000 } : undefined);
      const read = store.get(key).then(({ stream }) => buffer(stream));
      await failure(read);
    }
    middleman.mischief = () => undefined;
    expect((await buffer((await store.get(key)).stream)).equals(bytes)).toBe(true);
  });

  it('C2: a delete that something holds back for longer than its deadline takes nothing any more, and is tried once', async () => {
    const { key, bytes, facts } = await stored();
    const [release, deadline] = [Promise.withResolvers<void>(), new Deadline(1_500)];
    middleman.mischief = ({ method }) => (method === 'DELETE' ? { hold: release.promise } : undefined);
    const refused = failure(store.delete(key, deadline));
    await eventually(() => middleman.seen.some((line) => line.startsWith('DELETE')));
    await eventually(() => deadline.leftMs < -1_000);
    release.resolve();
    await refused;
    expect(middleman.seen.filter((line) => line.startsWith('DELETE'))).toHaveLength(1);
    middleman.mischief = () => undefined;
    expect(await store.put(key, bytes, facts)).toMatchObject({ written: false });
    await store.delete(key, new Deadline(60_000));
    expect(await store.head(key)).toBeNull();
  });

  it('a delete whose connection breaks is not sent a second time', async () => {
    const { key } = await stored();
    middleman.mischief = ({ method }) => (method === 'DELETE' ? { cutAnswerAfter: 0 } : undefined);
    middleman.seen.length = 0;
    await store.delete(key).catch(() => undefined);
    expect(middleman.seen.filter((line) => line.startsWith('DELETE'))).toHaveLength(1);
  });

  it('J16: an answer 200 for bytes that were lost or changed is not believed', async () => {
    const blob = sample(50_000);
    middleman.mischief = ({ method }) => (method === 'PUT' ? { answer: 200 } : undefined);
    const error = await failure(store.put(blob.key, blob.bytes, blob.facts));
    expect(error.message).toMatch(/does not hold what it says to have taken$/);
    middleman.mischief = ({ method }) => (method === 'PUT' ? { alterBody: true } : undefined);
    await failure(store.put(blob.key, blob.bytes, blob.facts));
    await failure(store.put(blob.key, Readable.from([blob.bytes]), blob.facts));
    middleman.mischief = () => undefined;
    expect(await store.head(blob.key)).toBeNull();
    expect(await store.put(blob.key, blob.bytes, blob.facts)).toMatchObject({ written: true });
  });

  it.each([
    [404, ''],
    [404, '<html>no backend</html>'],
    [403, ''],
    [500, ''],
    [503, 'default backend'],
    [200, '<html>sign in to the network</html>'],
  ])('behaviour 62: a %i of something in between (%s) is never "missing"', async (answer, body) => {
    const { key, bytes, facts } = await stored(100);
    middleman.mischief = () => ({ answer, body });
    await failure(store.head(sample().key));
    await failure(store.get(key).then(({ stream }) => buffer(stream)));
    await failure(store.delete(key));
    await failure(store.check());
    await failure(store.list('blobs/').next());
    await failure(
      store.put(sample(10).key, bytes, facts).catch((error: unknown) => {
        throw isVaultError(error) && error.name === 'BadPayload' ? new InfrastructureError('refused') : error;
      }),
    );
    middleman.mischief = () => undefined;
    expect(await store.head(key)).toEqual({ size: 100 });
  });

  it('AccessDenied for one object, as without s3:ListBucket, is not "missing"', async () => {
    const { key } = sample();
    middleman.mischief = ({ url }) => (url?.includes(key) ? { answer: 403 } : undefined);
    expect((await failure(store.head(key))).message).toMatch(/access is denied/);
  });

  it('a store that answers nothing costs two tries, and is told from a slow one by a time-out', async () => {
    middleman.mischief = () => ({ silence: true });
    expect((await failure(store.head(sample().key))).message).toMatch(/does not answer in time$/);
    expect(middleman.seen).toHaveLength(2);
  }, 60_000);

  it.each([501, 400, 412, 409])('a store that refuses conditions with %i is written without', async (answer) => {
    const conditional = ({ headers }: { headers: Record<string, unknown> }) => headers['if-none-match'] !== undefined;
    middleman.mischief = (request) => (conditional(request) ? { answer } : undefined);
    const blob = await stored(1_000);
    expect(await buffer((await store.get(blob.key)).stream)).toEqual(blob.bytes);
    const large = await stored(9 * megabyte);
    expect(await store.head(large.key)).toEqual({ size: 9 * megabyte });
  });

  it('C8: 412 is success after a look when the right bytes are there, and replaces the wrong ones', async () => {
    const Bucket = rig.settings.bucket;
    for (const right of [true, false]) {
      const { key, bytes, facts } = sample();
      await rig.client.send(new PutObjectCommand({ Bucket, Key: key, Body: right ? bytes : randomBytes(1_000) }));
      // Our first look was before somebody else's put.
      let heads = 0;
      middleman.mischief = ({ method, url }) =>
        method === 'HEAD' && url?.includes(key) && heads++ === 0 ? { answer: 404 } : undefined;
      expect(await store.put(key, bytes, facts)).toEqual({ size: 1_000, written: !right });
      expect(await buffer((await store.get(key)).stream)).toEqual(bytes);
    }
  });

  it('C9: an upload in parts that fails leaves neither an object nor parts', async () => {
    const { key, bytes, facts } = sample(20 * megabyte);
    const uploads = async () => {
      const { Uploads = [] } = await rig.client.send(
        new ListMultipartUploadsCommand({ Bucket: rig.settings.bucket, Prefix: key }),
      );
      return Uploads;
    };
    async function* breaking() {
      yield bytes.subarray(0, 17 * megabyte);
      await eventually(async () => expect(await uploads()).toHaveLength(1));
      throw new Error('the source broke');
    }
    await expect(store.put(key, Readable.from(breaking()), facts)).rejects.toThrow('the source broke');
    expect(await uploads()).toEqual([]);
    middleman.mischief = ({ url }) => (url?.includes('partNumber=2') ? { answer: 500 } : undefined);
    await failure(store.put(key, Readable.from([bytes]), facts));
    expect(await uploads()).toEqual([]);
    expect(await store.head(key)).toBeNull();
  });

  it('C9: what a killed process leaves of an upload is not visible, and is swept', async () => {
    const { key, bytes } = sample(6 * megabyte);
    const at = { Bucket: rig.settings.bucket, Key: key };
    const { UploadId } = await rig.client.send(new CreateMultipartUploadCommand(at));
    await rig.client.send(new UploadPartCommand({ ...at, UploadId, PartNumber: 1, Body: bytes }));
    expect(await store.head(key)).toBeNull();
    const listed = [];
    for await (const entry of store.list(key)) listed.push(entry);
    expect(listed).toEqual([]);
    // By its key, since MinIO lists no uploads by folder.
    const bucket = new S3Bucket(rig.settings);
    expect(await sweepUploads(bucket, key)).toBe(0);
    expect(await sweepUploads(bucket, key, 0)).toBe(1);
    expect(await sweepUploads(bucket, key, 0)).toBe(0);
  });

  it('a bucket that was emptied or replaced is never "missing" everything', async () => {
    const { key } = await stored(10);
    const Bucket = rig.settings.bucket;
    await rig.client.send(new DeleteObjectCommand({ Bucket, Key: '.vaultstream-storage' }));
    expect((await failure(store.head(sample().key))).message).toMatch(/is not the one that we have set up$/);
    await failure(store.delete(key));
    await failure(store.check());
    await rig.open().check();
    expect(await store.head(sample().key)).toBeNull();
  });

  it('says in one line which variable is wrong', async () => {
    const wrong = { accessKey: 'nobody', secretKey: 'wrong-secret-key' };
    await failure(rig.open({ credentials: wrong }).check());
    const { message } = await failure(rig.open({ endpoint: 'http://127.0.0.1:9' }).check());
    expect(message).toMatch(/^blob storage cannot be read: .*(does not answer|the connection failed)/);
    expect(message).not.toContain('127.0.0.1');
    middleman.mischief = ({ method, url }) =>
      url?.startsWith('/vs-absent') && method === 'PUT' && !url.includes('.vaultstream')
        ? { answer: 403, body: '<Error><Code>AccessDenied</Code></Error>' }
        : undefined;
    const absent = rig.open({ endpoint: middleman.endpoint, bucket: 'vs-absent-bucket' });
    expect((await failure(absent.check())).message).toBe(
      'the bucket of STORAGE_S3_BUCKET does not exist, and these credentials may not make it',
    );
  });

  it('C14: lists page by page while objects come and go', async () => {
    const Bucket = rig.settings.bucket;
    const keys = Array.from({ length: 1_200 }, () => `paged/${sample(16).key}`);
    for (let at = 0; at < keys.length; at += 50)
      await Promise.all(
        keys.slice(at, at + 50).map((Key) => rig.client.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }))),
      );
    const sorted = keys.map((key) => key.slice('paged/'.length)).toSorted();
    const paged = rig.open({ prefix: 'paged/' });
    const listed: string[] = [];
    for await (const { key } of paged.list('blobs/')) {
      // What was listed goes: what follows must not shift.
      if (listed.length === 0) for (const gone of sorted.slice(0, 5)) await paged.delete(gone);
      listed.push(key);
    }
    const seen = new Set(listed);
    expect(sorted.slice(5).filter((key) => !seen.has(key))).toEqual([]);
    expect([seen.size, listed]).toEqual([listed.length, listed.toSorted()]);
  }, 60_000);
});
