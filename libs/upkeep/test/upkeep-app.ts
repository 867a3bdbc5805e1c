import { randomBytes } from 'node:crypto';
import { Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { BlobsModule } from '@vaultstream/blobs';
import type { EventView, Scope } from '@vaultstream/contracts';
import { createHttpApp, createLogger, Env, RuntimeModule } from '@vaultstream/runtime';
import { Database, Events, StoreModule, Tokens } from '@vaultstream/store';
import { tempDir, testDatabase } from '@vaultstream/testing';
import type { RehearsalGroupClass } from '../src/dead-letters/dry-run.service.ts';
import { GaugesModule, UpkeepModule } from '../src/index.ts';

export type UpkeepApp = Awaited<ReturnType<typeof upkeepApp>>;

/**
 * The API's half of this room on a database of its own, listening on loopback. `close` it in `afterAll`.
 * @param rehearsals Groups that verbs would contribute.
 */
export async function upkeepApp(rehearsals: RehearsalGroupClass[] = []) {
  const [database, folder] = await Promise.all([testDatabase(), tempDir()]);
  const secretsKey = randomBytes(32);
  const env = Env.load({ DATA_DIR: folder.path, SECRETS_KEY: secretsKey.toString('base64'), API_RATE_LIMIT: '0' });
  const lines: Record<string, unknown>[] = [];
  const stream = { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) };
  const logger = createLogger('test', {
    level: 'info',
    format: 'json',
    stream: stream as unknown as NodeJS.WritableStream,
  });

  @Module({ providers: rehearsals, exports: rehearsals })
  class RehearsalModule {}

  @Module({
    imports: [
      RuntimeModule.forRoot({ service: 'test', env, logger }),
      StoreModule.forRoot({ url: database.url, secretsKeys: [secretsKey] }),
      BlobsModule.forRoot(env),
      UpkeepModule.forRoot({ imports: [RehearsalModule], rehearsals }),
      GaugesModule.forRoot({ imports: [], alone: true }),
    ],
  })
  class TestModule {}

  const app: NestFastifyApplication = await createHttpApp(TestModule, env, logger);
  await app.listen({ host: '127.0.0.1', port: 0 });
  const url = await app.getUrl();
  const db = app.get(Database);
  const maker = { tokenId: 'test', name: 'test', scopes: ['admin' as const] };
  const token = async (...scopes: Scope[]) =>
    (await app.get(Tokens).create(maker, { name: 'test', scopes })).token ?? '';
  const reader = await token('read');

  /** A GET with a token of the scope `read`, unless `headers` say otherwise. */
  const get = (path: string, headers: Record<string, string> = {}, signal?: AbortSignal) =>
    fetch(`${url}${path}`, { headers: { 'x-api-token': reader, ...headers }, ...(signal && { signal }) });
  /** A call with a body and an admin's token. */
  const admin = await token('admin');
  const call = async (method: 'POST' | 'DELETE', path: string, body?: object) => {
    const answer = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: { 'x-api-token': admin, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: (text === '' ? null : JSON.parse(text)) as unknown };
  };
  /** Appends events in one transaction. */
  const append = (...events: { type: EventView['type']; contentId?: number; payload?: Record<string, unknown> }[]) =>
    db.transact((tx) => Events.append(tx, events));

  let closed = false;
  async function close(): Promise<void> {
    if (!closed) await app.close();
    closed = true;
  }
  async function drop(): Promise<void> {
    await close();
    await Promise.all([database.drop(), folder.remove()]);
  }
  return { app, db, url, lines, token, get, call, append, close, drop };
}
