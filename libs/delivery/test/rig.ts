import { randomBytes, randomUUID } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { Module } from '@nestjs/common';
import { BlobsModule } from '@vaultstream/blobs';
import { parsedContentSchema, type ParsedContent, type Scope } from '@vaultstream/contracts';
import { createHttpApp, createLogger, Env, Metrics, RuntimeModule } from '@vaultstream/runtime';
import { Contents, Database, StoreModule, Tokens } from '@vaultstream/store';
import { tempDir, testDatabase, withServer, type SeenRequest } from '@vaultstream/testing';
import {
  DeliveryGaugesModule,
  DeliveryHandlers,
  DeliveryModule,
  DeliveryRehearsalModule,
  DeliveryWorkerModule,
} from '../src/index.ts';
import { TaskDriver } from './task-driver.ts';

export type Rig = Awaited<ReturnType<typeof openRig>>;

/** The whole room: a real app with real Postgres and files, a receiver whose answers a spec decides, and the queue driven by hand. */
export async function openRig(answer: RequestListener = (_, response) => response.end('ok')) {
  let listener = answer;
  const receiver = await withServer((request, response) => listener(request, response));
  const [database, folder] = await Promise.all([testDatabase(), tempDir()]);
  const secretsKey = randomBytes(32);
  const env = Env.load({
    DATA_DIR: folder.path,
    SECRETS_KEY: secretsKey.toString('base64'),
    FETCH_ALLOW_HOSTS: `127.0.0.1:${receiver.port}`,
    FETCH_HOST_OVERRIDES: `api.telegram.org=${receiver.url}`,
    API_RATE_LIMIT: '0',
  });
  const logger = createLogger('test', { level: 'fatal', format: 'json' });

  @Module({
    imports: [
      RuntimeModule.forRoot({ service: 'test', env, logger }),
      StoreModule.forRoot({ url: database.url, secretsKeys: [secretsKey] }),
      BlobsModule.forRoot(env),
      DeliveryModule,
      DeliveryWorkerModule,
      DeliveryRehearsalModule,
      DeliveryGaugesModule,
    ],
  })
  class TestModule {}

  const app = await createHttpApp(TestModule, env, logger);
  app.get(Metrics).runForElection({ holds: async () => true });
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  const db = app.get(Database);
  const contents = app.get(Contents);
  const { handlers } = app.get(DeliveryHandlers);
  const tasks = new TaskDriver(db, handlers, logger);

  const maker = { tokenId: randomUUID(), name: 'test', scopes: ['admin' as const] };
  const issue = async (...scopes: Scope[]): Promise<string> => {
    const { token } = await app.get(Tokens).create(maker, { name: 'test', scopes });
    if (token === undefined) throw new Error('no token was made');
    return token;
  };
  const tokens = { read: await issue('read'), push: await issue('read', 'push'), admin: await issue('admin') };

  /** Calls the API with the token of a scope. */
  async function call(
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    path: string,
    payload?: object,
    scope: 'read' | 'push' | 'admin' = 'push',
    key?: string,
  ): Promise<Answer> {
    const reply = await app.inject({
      method,
      url: `/api/v1${path}`,
      headers: { authorization: `Bearer ${tokens[scope]}`, ...(key && { 'idempotency-key': key }) },
      ...(payload && { payload }),
    });
    return { status: reply.statusCode, body: reply.body === '' ? null : reply.json<unknown>() };
  }

  /** A PULLED content without pictures, settled: its `delivery.plan` task is in the log. Answers its id. */
  async function content(parsed: Partial<ParsedContent> = {}): Promise<number> {
    const url = `https://example.org/${randomBytes(8).toString('hex')}`;
    const canonical = { platform: 'web', url, platformId: null, contentType: null };
    const { contentId } = await db.transact((tx) => contents.share(tx, { canonical, url, tags: parsed.tags ?? [] }));
    const result = { parsed: parsedContentSchema.parse({ ...emptyContent, ...parsed }), learnt: null };
    await db.transact((tx) =>
      contents.recordParse(tx, contentId, { ...result, archive: { enabled: true, maxImages: 100 } }),
    );
    await db.client.task.deleteMany({ where: { name: 'content.parse' } });
    return contentId;
  }

  /** A webhook target at a path of the receiver. */
  async function target(path = `/${randomBytes(4).toString('hex')}`, more: object = {}): Promise<Made> {
    const made = await call('POST', '/targets', {
      kind: 'webhook',
      name: path,
      address: { url: receiver.url + path },
      ...more,
    });
    if (made.status !== 201) throw new Error(JSON.stringify(made.body));
    return made.body as never;
  }

  /** A rule that takes everything for these targets. */
  async function rule(targets: Made[], more: object = {}): Promise<{ id: string }> {
    const name = randomBytes(4).toString('hex');
    const made = await call('POST', '/rules', { name, target_ids: targets.map(({ id }) => id), ...more });
    if (made.status !== 201) throw new Error(JSON.stringify(made.body));
    return made.body as never;
  }

  const delivery = (contentId: number, targetId: string) =>
    db.client.delivery.findUniqueOrThrow({
      where: { contentId_targetId: { contentId, targetId } },
      include: { parts: { orderBy: { position: 'asc' } } },
    });
  const events = async (deliveryId: string): Promise<string[]> => {
    const rows = await db.client.$queryRaw<{ type: string }[]>`
      SELECT type FROM events WHERE delivery_id = ${deliveryId}::uuid ORDER BY id`;
    return rows.map(({ type }) => type);
  };
  const seenAt = (path: string): SeenRequest[] => receiver.requests.filter(({ url }) => url === path);

  async function close(): Promise<void> {
    await app.close();
    await receiver.close();
    await Promise.all([database.drop(), folder.remove()]);
  }

  return {
    app,
    db,
    database,
    contents,
    tasks,
    receiver,
    /** Changes what the receiver answers. */
    answer: (next: RequestListener): void => void (listener = next),
    /** A token of these scopes alone. */
    token: issue,
    call,
    content,
    target,
    rule,
    delivery,
    events,
    seenAt,
    close,
  };
}

export interface Made {
  id: string;
  key: string;
  secret: string;
}

export interface Answer {
  status: number;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- specs look into answers of every shape
  body: any;
}

const emptyContent = {
  platform_id: null,
  content_type: 'article',
  title: 'A page',
  description: null,
  body_text: 'Some text.',
  author: null,
  site_name: null,
  language: null,
  published_at: null,
  tags: [],
  stats: {},
  media: [],
  raw_metadata: {},
  parser_version: 1,
};
