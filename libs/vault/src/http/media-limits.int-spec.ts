import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { blobKey, BlobsModule, BlobStore } from '@vaultstream/blobs';
import type { Scope } from '@vaultstream/contracts';
import { createHttpApp, createLogger, Env, RuntimeModule } from '@vaultstream/runtime';
import { StoreModule, Tokens } from '@vaultstream/store';
import { tempDir, testDatabase, type TestDatabase } from '@vaultstream/testing';
import { VaultHttpModule } from './vault-http.module.ts';

let app: NestFastifyApplication;
let database: TestDatabase;
let folder: Awaited<ReturnType<typeof tempDir>>;

const limit = 5;
// Nothing is stored under it: who may read it is told 404, everyone else why he may not.
const key = blobKey('ab'.repeat(32), 'webp');

beforeAll(async () => {
  [database, folder] = await Promise.all([testDatabase(), tempDir()]);
  const secretsKey = randomBytes(32);
  const env = Env.load({
    STORAGE_LOCAL_ROOT: join(folder.path, 'storage'),
    SECRETS_KEY: secretsKey.toString('base64'),
    API_RATE_LIMIT: String(limit),
    API_TRUSTED_PROXIES: '1',
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
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
}, 60_000);
afterAll(async () => {
  await app.close();
  await Promise.all([database.drop(), folder.remove()]);
});

const token = async (scope: Scope) => {
  const maker = { tokenId: '0', name: 'spec', scopes: ['admin' as const] };
  return (await app.get(Tokens).create(maker, { name: scope, scopes: [scope] })).token ?? '';
};
const ask = (url: string, headers: Record<string, string>) => app.inject({ url, headers });
/** The statuses of so many calls one after the other. */
async function statuses(times: number, url: string, headers: Record<string, string>) {
  const all = [];
  for (let n = 0; n < times; n++) all.push((await ask(url, headers)).statusCode);
  return all;
}
const times = (count: number, status: number) => Array<number>(count).fill(status);

describe('GET /media/<key> is counted as every other call (M5)', () => {
  it('wrong tokens and no token by address, together with those at the API', async () => {
    const from = { 'x-forwarded-for': '1.0.0.1' };
    const wrong = { ...from, 'x-api-token': 'vs_wrong_0123456789abcdef' };
    expect(await statuses(2, `/media/${key}`, wrong)).toEqual(times(2, 401));
    expect(await statuses(1, `/media/${key}`, from)).toEqual([401]);
    expect(await statuses(2, `/api/v1/blobs/${'ab'.repeat(32)}`, wrong)).toEqual(times(2, 401));
    const refused = await ask(`/media/${key}`, { ...from, authorization: 'Bearer wrong' });
    expect([refused.statusCode, Number(refused.headers['retry-after']) > 0]).toEqual([429, true]);
    // Another address, and a good token from the same one, still come through.
    expect(await statuses(1, `/media/${key}`, { ...wrong, 'x-forwarded-for': '1.0.0.2' })).toEqual([401]);
    expect(await statuses(1, `/media/${key}`, { ...from, 'x-api-token': await token('read') })).toEqual([404]);
  });

  it('good tokens by token, together with their calls of the API', async () => {
    const headers = { 'x-api-token': await token('read'), 'x-forwarded-for': '2.0.0.1' };
    expect(await statuses(limit - 1, `/media/${key}`, headers)).toEqual(times(limit - 1, 404));
    expect(await statuses(2, `/api/v1/blobs/${'ab'.repeat(32)}`, headers)).toEqual([404, 429]);
    expect(await statuses(1, `/media/${key}`, headers)).toEqual([429]);
    expect(await statuses(1, `/media/${key}`, { 'x-api-token': await token('write') })).toEqual([403]);
  });

  it('forged links by address as wrong tokens; good ones are not counted', async () => {
    const from = { 'x-forwarded-for': '3.0.0.1' };
    const link = await app.get(BlobStore).urlFor(key);
    const forged = link.replace(/expires=\d+/, 'expires=9999999999');
    expect(await statuses(limit + 3, link, from)).toEqual(times(limit + 3, 404));
    expect(await statuses(limit + 1, forged, from)).toEqual([...times(limit, 403), 429]);
    expect(await statuses(1, `/media/${key}`, { ...from, 'x-api-token': 'wrong' })).toEqual([429]);
    expect(await statuses(1, link, from)).toEqual([404]);
  });

  it('says that a token was empty', async () => {
    const answer = await ask(`/media/${key}`, { 'x-api-token': '', 'x-forwarded-for': '4.0.0.1' });
    expect([answer.statusCode, answer.headers['www-authenticate']]).toEqual([401, 'Bearer']);
    expect(answer.json()).toMatchObject({ detail: expect.stringMatching(/sent is empty/) });
  });
});
