import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFile, rename, truncate, writeFile } from 'node:fs/promises';
import { request, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Principal, Scope } from '@vaultstream/contracts';
import { blobKey, BlobsModule, BlobStore, LinkSigner } from '@vaultstream/blobs';
import { createHttpApp, createLogger, Env, Metrics, RuntimeModule } from '@vaultstream/runtime';
import { Blobs, Database, StoreModule, Tokens, type VariantName } from '@vaultstream/store';
import { eventually, tempDir, testDatabase, type TestDatabase } from '@vaultstream/testing';
import { VaultHttpModule } from './vault-http.module.ts';

let app: NestFastifyApplication;
let database: TestDatabase;
let folder: Awaited<ReturnType<typeof tempDir>>;
let base: string;
let tokens: Record<'read' | 'write' | 'admin', string>;
const secretsKey = randomBytes(32);

beforeAll(async () => {
  [database, folder] = await Promise.all([testDatabase(), tempDir()]);
  const env = Env.load({
    STORAGE_LOCAL_ROOT: join(folder.path, 'storage'),
    SECRETS_KEY: secretsKey.toString('base64'),
    STORAGE_PRESIGN_EXPIRES: '60',
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
  const minted = app.get(Tokens);
  const maker: Principal = { tokenId: '0', name: 'spec', scopes: ['admin'] };
  const mint = async (scope: Scope) => (await minted.create(maker, { name: scope, scopes: [scope] })).token ?? '';
  tokens = { read: await mint('read'), write: await mint('write'), admin: await mint('admin') };
}, 60_000);
afterAll(async () => {
  await app.close();
  await Promise.all([database.drop(), folder.remove()]);
});

/** Stores bytes as a live blob. */
async function stored(bytes: Buffer, mime = 'image/webp', extension = 'webp', variant?: VariantName) {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const key = blobKey(sha256, extension);
  await app.get(BlobStore).put(key, bytes, { mime, sha256 });
  await app.get(Blobs).claim({ sha256, key, mime, size: bytes.length, width: 2, height: 3 });
  await app.get(Database).transact((tx) => app.get(Blobs).markLive(tx, sha256, variant));
  return { sha256, key, link: base + (await app.get(BlobStore).urlFor(key)) };
}

const withToken = (token: string, more: Record<string, string> = {}) => ({
  headers: { 'x-api-token': token, ...more },
});

/** A request target as it is, without the cleaning that fetch and URL do. */
function raw(path: string): Promise<number> {
  const { hostname, port } = new URL(base);
  return new Promise((resolve, reject) => {
    const ask = request({ hostname, port, path, headers: { 'x-api-token': tokens.read } }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    ask.on('error', reject);
    ask.end();
  });
}

describe('GET /media/<key>', () => {
  it('behaviour 23: gives the bytes to whoever has a link, with safe headers', async () => {
    const bytes = randomBytes(500);
    const { sha256, link } = await stored(bytes);
    const answer = await fetch(link);
    expect(answer.status).toBe(200);
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(bytes);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'image/webp',
      'content-length': '500',
      'content-disposition': 'inline',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "sandbox; default-src 'none'",
      'cache-control': 'private, max-age=31536000, immutable',
      'accept-ranges': 'bytes',
      etag: `"${sha256}"`,
    });
  });

  it('A15: never shows anything but pictures in the browser', async () => {
    for (const [mime, extension] of [
      ['text/html', 'html'],
      ['image/svg+xml', 'svg'],
      ['application/pdf', 'pdf'],
    ] as const) {
      const { link } = await stored(Buffer.from(`<script>alert('${mime}')</script>`), mime, extension);
      const answer = await fetch(link);
      expect(answer.headers.get('content-type')).toBe('application/octet-stream');
      expect(answer.headers.get('content-disposition')).toMatch(
        /^attachment; filename="[0-9a-f]{16}\.(html|svg|pdf)"$/,
      );
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      expect(answer.headers.get('content-security-policy')).toContain('sandbox');
    }
  });

  it('answers HEAD, 304, 206 and 416', async () => {
    const bytes = randomBytes(100);
    const { sha256, link } = await stored(bytes);
    const head = await fetch(link, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, '100']);
    expect((await head.arrayBuffer()).byteLength).toBe(0);
    for (const tag of [`"${sha256}"`, `W/"${sha256}"`, `"x", "${sha256}"`, '*']) {
      const same = await fetch(link, { headers: { 'if-none-match': tag } });
      expect([same.status, same.headers.get('etag')]).toEqual([304, `"${sha256}"`]);
    }
    expect((await fetch(link, { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
    const part = await fetch(link, { headers: { range: 'bytes=10-19' } });
    expect([part.status, part.headers.get('content-range')]).toEqual([206, 'bytes 10-19/100']);
    expect(Buffer.from(await part.arrayBuffer())).toEqual(bytes.subarray(10, 20));
    const tail = await fetch(link, { headers: { range: 'bytes=-5', 'if-range': `"${sha256}"` } });
    expect(Buffer.from(await tail.arrayBuffer())).toEqual(bytes.subarray(95));
    expect((await fetch(link, { headers: { range: 'bytes=-5', 'if-range': '"old"' } })).status).toBe(200);
    const beyond = await fetch(link, { headers: { range: 'bytes=100-' } });
    expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, 'bytes */100']);
  });

  it('A14: refuses forged, expired and borrowed links with 403, as a problem', async () => {
    const { link } = await stored(randomBytes(10));
    const { key: other } = await stored(randomBytes(10));
    const query = new URL(link).search;
    const old = new LinkSigner({ secretsKeys: [secretsKey], expiresS: 60, now: () => 1_000_000 });
    const links = [
      link.replace(/signature=./, 'signature='),
      link.replace(/expires=\d+/, 'expires=9999999999'),
      link.replace(/[?].*/, '?expires=9999999999'),
      `${link}&signature=x`,
      `${base}/media/${other}${query}`,
      base + old.sign(other),
    ];
    for (const bad of links) {
      const answer = await fetch(bad);
      expect([bad, answer.status]).toEqual([bad, 403]);
      expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
      expect(await answer.json()).toMatchObject({ status: 403, code: 'access_denied' });
    }
    // A bad link is not saved by a good token.
    expect((await fetch(links[0] ?? '', withToken(tokens.read))).status).toBe(403);
  });

  it('takes a token with the scope read instead', async () => {
    const { key } = await stored(randomBytes(10));
    const url = `${base}/media/${key}`;
    expect((await fetch(url)).status).toBe(401);
    expect((await fetch(url, withToken('vs_wrong_0123456789abcdef'))).status).toBe(401);
    expect((await fetch(url, withToken(tokens.write))).status).toBe(403);
    expect((await fetch(url, withToken(tokens.read))).status).toBe(200);
    expect((await fetch(url, { headers: { authorization: `Bearer ${tokens.admin}` } })).status).toBe(200);
  });

  it('A13: reaches nothing outside of the blobs', async () => {
    await writeFile(join(folder.path, 'secret'), 'secret');
    const { key } = await stored(randomBytes(10));
    const paths = [
      '../secret',
      '../../secret',
      '%2e%2e%2fsecret',
      '%2e%2e/%2e%2e/secret',
      '..%5c..%5csecret',
      '..\\secret',
      '/etc/passwd',
      '%2fetc%2fpasswd',
      'blobs/sha256/../../../secret',
      'blobs/sha256/%2e%2e/%2e%2e/%2e%2e/secret',
      `${key}%00.png`,
      `${key}/`,
      `${key};x`,
      `/${key}`,
      'tmp/x.part',
      '.vaultstream-storage',
      'a'.repeat(3_000),
      '%ff%fe',
      '',
    ];
    for (const path of paths) {
      const status = await raw(`/media/${path}`);
      expect([path, [400, 404].includes(status)]).toEqual([path, true]);
    }
  });

  it('is 404 for what is not there, damaged, or deleted; 503 while the store is away', async () => {
    const missing = blobKey('ab'.repeat(32), 'webp');
    expect((await fetch(base + (await app.get(BlobStore).urlFor(missing)))).status).toBe(404);
    const { sha256, key, link } = await stored(randomBytes(10));
    const root = join(folder.path, 'storage');
    await rename(root, `${root}.away`);
    const away = await fetch(link);
    expect([away.status, away.headers.has('retry-after')]).toEqual([503, true]);
    expect(away.headers.get('cache-control')).toBe('no-store');
    expect(await (await fetch(`${base}/health`)).json()).toMatchObject({
      status: 'degraded',
      components: { storage: { status: 'down' } },
    });
    await rename(`${root}.away`, root);
    expect((await fetch(link)).status).toBe(200);
    await truncate(join(root, key), 5);
    expect((await fetch(link)).status).toBe(404);
    await app.get(Database).client.blob.update({ where: { sha256 }, data: { state: 'deleted' } });
    expect((await fetch(link)).status).toBe(404);
  });
});

describe('C7: bytes that have changed since they were stored', () => {
  const megabyte = 1_048_576;
  const flip = async (key: string, at = 0) => {
    const path = join(folder.path, 'storage', key);
    const bytes = await readFile(path);
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
    await writeFile(path, bytes);
  };
  const stateOf = async (sha256: string) => (await app.get(Blobs).describe(sha256))?.state;
  const damagedCount = async () => {
    const text = await app.get(Metrics).render();
    return Number(/^vaultstream_blobs_damaged_total\{reason="altered"\} (\d+)$/m.exec(text)?.[1] ?? 0);
  };
  const damageEvents = (sha256: string) => app.get(Database).client.$queryRaw<{ type: string; reason: string }[]>`
    SELECT type, payload->>'reason' AS reason FROM events WHERE payload->>'sha256' = ${sha256} ORDER BY id`;

  it('are not given out: the answer is a problem that nobody keeps, the blob is damaged, an event and a metric tell it', async () => {
    const { sha256, key, link } = await stored(randomBytes(200_000));
    await flip(key, 150_000);
    const before = await damagedCount();
    for (const headers of [{}, { range: 'bytes=0-9' }]) {
      const answer = await fetch(link, { headers });
      expect([answer.status, answer.headers.get('cache-control')]).toEqual([404, 'no-store']);
      expect(await answer.json()).toMatchObject({ code: 'not_found', detail: expect.stringMatching(/is damaged/) });
    }
    expect((await fetch(link, { method: 'HEAD' })).status).toBe(404);
    expect(await stateOf(sha256)).toBe('damaged');
    expect(await damagedCount()).toBe(before + 1);
    expect(await damageEvents(sha256)).toEqual([{ type: 'blob.damaged', reason: 'altered' }]);
  });

  it('are not given out in parts either, however lately the whole was checked', async () => {
    const bytes = randomBytes(200_000);
    const { key, link } = await stored(bytes);
    const part = () => fetch(link, { headers: { range: 'bytes=5-9' } });
    const parts = await Promise.all([part(), part(), part()]);
    for (const answer of parts) expect(Buffer.from(await answer.arrayBuffer())).toEqual(bytes.subarray(5, 10));
    await flip(key, 7);
    expect((await part()).status).toBe(404);
  });

  it('are given out again once the right ones are back in their place', async () => {
    const bytes = randomBytes(1_000);
    const { sha256, key, link } = await stored(bytes);
    await flip(key);
    expect((await fetch(link)).status).toBe(404);
    await flip(key);
    const answer = await fetch(link);
    expect([answer.status, Buffer.from(await answer.arrayBuffer())]).toEqual([200, bytes]);
    expect(await stateOf(sha256)).toBe('live');
    expect((await damageEvents(sha256)).map(({ type }) => type)).toEqual(['blob.damaged', 'blob.repaired']);
  });

  it('of a file that is too large to be checked first are cut off before the last of them, and the blob is damaged', async () => {
    const bytes = randomBytes(17 * megabyte);
    const { sha256, key, link } = await stored(bytes, 'video/mp4', 'mp4');
    expect(Buffer.from(await (await fetch(link)).arrayBuffer()).equals(bytes)).toBe(true);
    await flip(key);
    const answer = await fetch(link);
    expect(answer.status).toBe(200);
    await expect(answer.arrayBuffer()).rejects.toThrow();
    await eventually(async () => (await stateOf(sha256)) === 'damaged');
    expect((await fetch(link)).status).toBe(404);
  });

  it('what many slow readers leave in memory is bounded; the others are served all the same', async () => {
    const bytes = randomBytes(15 * megabyte);
    const { link } = await stored(bytes);
    const { hostname, port, pathname, search } = new URL(link);
    const slow = await Promise.all(
      Array.from({ length: 6 }, async () => {
        const ask = request({ hostname, port, path: pathname + search, agent: false });
        ask.end();
        const [answer] = (await once(ask, 'response')) as [IncomingMessage];
        return { ask, answer };
      }),
    );
    expect(slow.map(({ answer }) => answer.statusCode)).toEqual(Array(6).fill(200));
    expect(Buffer.from(await (await fetch(link)).arrayBuffer()).equals(bytes)).toBe(true);
    for (const { ask } of slow) ask.destroy();
  });
});

describe('GET /api/v1/blobs/{sha256}', () => {
  it('says what is known', async () => {
    const variant = { originalSha256: 'cd'.repeat(32), preset: 'archive.v1.q80' };
    const { sha256, key } = await stored(randomBytes(70), 'image/webp', 'webp', variant);
    const answer = await fetch(`${base}/api/v1/blobs/${sha256}`, withToken(tokens.read));
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({
      sha256,
      key,
      mime: 'image/webp',
      size: 70,
      width: 2,
      height: 3,
      state: 'live',
      references: 0,
      variants: [{ preset: 'archive.v1.q80', original_sha256: 'cd'.repeat(32), sha256, key }],
      created_at: expect.stringMatching(/Z$/),
    });
  });

  it('refuses strangers, unknown hashes and junk', async () => {
    const known = `${base}/api/v1/blobs/${'ab'.repeat(32)}`;
    expect((await fetch(known)).status).toBe(401);
    expect((await fetch(known, withToken(tokens.write))).status).toBe(403);
    expect((await fetch(known, withToken(tokens.read))).status).toBe(404);
    expect((await fetch(`${base}/api/v1/blobs/nonsense`, withToken(tokens.read))).status).toBe(400);
  });
});
