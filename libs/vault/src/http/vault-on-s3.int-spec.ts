import { createHash, randomBytes } from 'node:crypto';
import { Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Principal, Scope } from '@vaultstream/contracts';
import { blobKey, BlobsModule, BlobStore } from '@vaultstream/blobs';
import { createHttpApp, createLogger, Env, RuntimeModule } from '@vaultstream/runtime';
import { Blobs, Database, StoreModule, Tokens } from '@vaultstream/store';
import { newBucket, ownS3IsHere, testDatabase, TestS3, type TestDatabase } from '@vaultstream/testing';
import { VaultHttpModule } from './vault-http.module.ts';

(ownS3IsHere() ? describe : describe.skip)('the vault on an S3', () => {
  let app: NestFastifyApplication;
  let database: TestDatabase;
  let s3: TestS3;
  let base: string;
  let tokens: Record<'read' | 'admin', string>;

  beforeAll(async () => {
    [database, s3] = await Promise.all([testDatabase(), TestS3.start()]);
    const secretsKey = randomBytes(32);
    const env = Env.load({
      STORAGE_BACKEND: 's3',
      STORAGE_S3_ENDPOINT: s3.endpoint,
      STORAGE_S3_BUCKET: newBucket(),
      STORAGE_S3_ACCESS_KEY: s3.accessKey,
      STORAGE_S3_SECRET_KEY: s3.secretKey,
      SECRETS_KEY: secretsKey.toString('base64'),
    });
    const logger = createLogger('test', { level: 'silent', format: 'json' });

    @Module({
      imports: [
        RuntimeModule.forRoot({ service: 'test', env, logger }),
        StoreModule.forRoot({ url: database.url, secretsKeys: [secretsKey] }),
        BlobsModule.forRoot(env),
        VaultHttpModule,
      ],
    })
    class TestApp {}

    app = await createHttpApp(TestApp, env, logger);
    await app.listen(0, '127.0.0.1');
    base = (await app.getUrl()).replace(/\/$/, '');
    const maker: Principal = { tokenId: '0', name: 'spec', scopes: ['admin'] };
    const mint = async (scope: Scope) =>
      (await app.get(Tokens).create(maker, { name: scope, scopes: [scope] })).token ?? '';
    tokens = { read: await mint('read'), admin: await mint('admin') };
  }, 60_000);
  afterAll(async () => {
    await app.close();
    await Promise.all([database.drop(), s3.remove()]);
  });

  async function stored(bytes: Buffer) {
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const key = blobKey(sha256, 'webp');
    await app.get(BlobStore).put(key, bytes, { mime: 'image/webp', sha256 });
    await app.get(Blobs).claim({ sha256, key, mime: 'image/webp', size: bytes.length, width: 2, height: 3 });
    await app.get(Database).transact((tx) => app.get(Blobs).markLive(tx, sha256));
    return { sha256, key };
  }
  const post = (path: string, body?: unknown, token = tokens.admin) =>
    fetch(`${base}/api/v1/vault/${path}`, {
      method: 'POST',
      headers: { 'x-api-token': token, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      body: body === undefined ? null : JSON.stringify(body),
    });

  it('gives links to the S3 itself, and the bytes by /media to whoever has a token', async () => {
    const bytes = randomBytes(1_000);
    const { sha256, key } = await stored(bytes);
    const link = await app.get(BlobStore).urlFor(key);
    expect(link.startsWith(s3.endpoint)).toBe(true);
    expect(Buffer.from(await (await fetch(link)).arrayBuffer())).toEqual(bytes);
    const headers = { 'x-api-token': tokens.read };
    const whole = await fetch(`${base}/media/${key}`, { headers, redirect: 'error' });
    expect(Buffer.from(await whole.arrayBuffer())).toEqual(bytes);
    expect(Object.fromEntries(whole.headers)).toMatchObject({
      etag: `"${sha256}"`,
      'cache-control': 'private, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
    });
    const part = await fetch(`${base}/media/${key}`, { headers: { ...headers, range: 'bytes=5-9' } });
    expect([part.status, Buffer.from(await part.arrayBuffer())]).toEqual([206, bytes.subarray(5, 10)]);
    expect((await fetch(`${base}/media/${key}`)).status).toBe(401);
  });

  it('collects garbage and verifies for administrators', async () => {
    const { key } = await stored(randomBytes(10));
    const report = await (await post('collect-garbage', { dry_run: true })).json();
    expect(report).toEqual({ condemned: 0, deleted: 0, revived: 0, bytes: 0, waiting: 0, held: 0 });
    await app.get(Database).client.$executeRaw`
      UPDATE blobs SET touched_at = now() - interval '3 days', claimed_until = now() - interval '3 days'`;
    expect(await (await post('collect-garbage')).json()).toMatchObject({ condemned: 2, deleted: 0 });
    expect(await (await post('verify')).json()).toEqual({ checked: 2, corrupt: [], missing: [] });
    await app.get(BlobStore).delete(key);
    expect(await (await post('verify', { sample: 10 })).json()).toEqual({ checked: 2, corrupt: [], missing: [key] });
    expect((await post('verify', { sample: 0 })).status).toBe(400);
    expect((await post('collect-garbage', { dry: true })).status).toBe(400);
    expect((await post('collect-garbage', undefined, tokens.read)).status).toBe(403);
  });

  it('is degraded, not broken, while the S3 is away', async () => {
    const { key } = await stored(randomBytes(10));
    await s3.kill();
    const headers = { 'x-api-token': tokens.read };
    const away = await fetch(`${base}/media/${key}`, { headers });
    expect([away.status, away.headers.has('retry-after')]).toEqual([503, true]);
    expect(await (await fetch(`${base}/health`)).json()).toMatchObject({
      components: { storage: { status: 'down', detail: expect.stringMatching(/blob storage cannot be read/) } },
    });
    expect((await post('verify')).status).toBe(503);
    expect((await fetch(`${base}/readyz`)).status).toBe(200);
    await s3.start();
    expect((await fetch(`${base}/media/${key}`, { headers })).status).toBe(200);
  });
});
