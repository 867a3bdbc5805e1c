import { randomBytes } from 'node:crypto';
import { Module, type DynamicModule } from '@nestjs/common';
import { BlobsModule } from '@vaultstream/blobs';
import type { Scope } from '@vaultstream/contracts';
import { createHttpApp, createLogger, Env, Metrics, RuntimeModule } from '@vaultstream/runtime';
import { Database, deployMigrations, StoreModule, Tokens } from '@vaultstream/store';
import { migrateBroker, TasksModule } from '@vaultstream/tasks';
import { tempDir, testDatabase } from '@vaultstream/testing';
import {
  CaptureGaugesModule,
  CaptureHandlers,
  CaptureModule,
  CaptureRehearsalModule,
  CaptureWorkerModule,
} from '../src/index.ts';

@Module({})
class TestRoot {}

/** The capture room as an app has it: HTTP edge, database, blob store and, if wanted, the workers of queue `parse`. */
export interface CaptureApp {
  db: Database;
  tokens: Tokens;
  /** A token with these scopes. */
  token(...scopes: Scope[]): Promise<string>;
  /** One request below `/api/v1` (or at `//...` as it stands), with the admin's token unless `headers` say otherwise. */
  request(
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    path: string,
    body?: unknown,
    headers?: Headers,
  ): Promise<Answer>;
  /** Listens on loopback, for what needs a connection: answers the address, such as `http://127.0.0.1:40123`. */
  listen(): Promise<string>;
  /** A provider of the app. */
  get<T>(type: new (...args: never[]) => T): T;
  /** Rows of any statement, with `$1` parameters. */
  rows<T = Record<string, unknown>>(sql: string, ...parameters: unknown[]): Promise<T[]>;
  /** Every log line so far. */
  lines(): Record<string, unknown>[];
  close(): Promise<void>;
}

type Headers = Record<string, string | undefined>;

export interface Answer {
  status: number;
  headers: Record<string, unknown>;
  /** The parsed JSON, or what was there instead. */
  body: any; // eslint-disable-line @typescript-eslint/no-explicit-any -- specs look into answers of every shape
}

/** Boots an app on a database of its own. `close` it in `afterAll`. */
export async function captureApp(
  variables: Record<string, string> = {},
  { workers = false } = {},
): Promise<CaptureApp> {
  const [database, folder] = [await testDatabase(), await tempDir()];
  const written: string[] = [];
  const stream = { write: (line: string) => void written.push(line) } as unknown as NodeJS.WritableStream;
  const logger = createLogger('test', { level: 'info', format: 'json', stream });
  const secretsKey = randomBytes(32);
  const env = Env.load({
    DATABASE_URL: database.url,
    DATA_DIR: folder.path,
    SECRETS_KEY: secretsKey.toString('base64'),
    API_RATE_LIMIT: '0',
    ...variables,
  });
  if (workers) await deployMigrations(database.url, logger, [migrateBroker]);
  const parsing: DynamicModule[] = workers
    ? [TasksModule.forRoot({ queues: ['parse'], groups: [CaptureHandlers], imports: [CaptureWorkerModule] })]
    : [];
  const root: DynamicModule = {
    module: TestRoot,
    imports: [
      RuntimeModule.forRoot({ service: 'test', env, logger }),
      StoreModule.forRoot({ url: database.url, secretsKeys: [secretsKey], poolSize: 20 }),
      BlobsModule.forRoot(env),
      CaptureModule,
      CaptureRehearsalModule,
      CaptureGaugesModule,
      ...parsing,
    ],
  };
  const app = await createHttpApp(root, env, logger);
  app.get(Metrics).runForElection({ holds: async () => true });
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  const [db, tokens] = [app.get(Database), app.get(Tokens)];
  const token = async (...scopes: Scope[]) => {
    const maker = { tokenId: 'test', name: 'test', scopes: ['admin' as const] };
    return (await tokens.create(maker, { name: 'test', scopes })).token ?? '';
  };
  const admin = await token('admin');
  return {
    db,
    tokens,
    token,
    async request(method, path, body, headers = {}) {
      const type = body === undefined ? undefined : 'application/json';
      const sent = { 'x-api-token': admin, 'content-type': type, ...headers };
      const answer = await app.inject({
        method,
        url: path.startsWith('//') ? path.slice(1) : `/api/v1${path}`,
        headers: Object.fromEntries(Object.entries(sent).filter(([, value]) => value !== undefined)),
        ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const json = String(answer.headers['content-type'] ?? '').includes('json');
      return { status: answer.statusCode, headers: answer.headers, body: json ? answer.json() : answer.payload };
    },
    async listen() {
      await app.listen({ host: '127.0.0.1', port: 0 });
      return app.getUrl();
    },
    get: (type) => app.get(type, { strict: false }),
    rows: (sql, ...parameters) => db.client.$queryRawUnsafe(sql, ...parameters),
    lines: () => written.map((line) => JSON.parse(line) as Record<string, unknown>),
    async close() {
      await app.close();
      await database.drop();
      await folder.remove();
    },
  };
}
