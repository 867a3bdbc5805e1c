import { randomBytes } from 'node:crypto';
import { Module, type DynamicModule } from '@nestjs/common';
import type { Scope } from '@vaultstream/contracts';
import { createHttpApp, createLogger, Env, RuntimeModule } from '@vaultstream/runtime';
import { Database, Settings, StoreModule, Tokens } from '@vaultstream/store';
import { testDatabase } from '@vaultstream/testing';
import { SettingsController } from '../src/settings/settings.controller.ts';
import { SettingsService } from '../src/settings/settings.service.ts';

@Module({ controllers: [SettingsController], providers: [SettingsService] })
class TestRoot {}

/** Settings as an app has them: the HTTP edge and a database of its own. */
export interface SettingsApp {
  settings: Settings;
  /** One request below `/api/v1`, with the admin's token unless another is given. */
  request(method: 'GET' | 'PUT' | 'DELETE', path: string, body?: unknown, token?: string): Promise<Answer>;
  /** A token with these scopes. */
  token(...scopes: Scope[]): Promise<string>;
  rows(sql: string): Promise<Record<string, unknown>[]>;
  /** Everything that was logged so far. */
  log(): string;
  close(): Promise<void>;
}

export interface Answer {
  status: number;
  body: any; // eslint-disable-line @typescript-eslint/no-explicit-any -- specs look into answers of every shape
}

/** Boots the app; `close` it in `afterAll`. */
export async function settingsApp(variables: Record<string, string> = {}): Promise<SettingsApp> {
  const database = await testDatabase();
  const written: string[] = [];
  const stream = { write: (line: string) => void written.push(line) } as unknown as NodeJS.WritableStream;
  const logger = createLogger('test', { level: 'info', format: 'json', stream });
  const secretsKey = randomBytes(32);
  const env = Env.load({ DATABASE_URL: database.url, SECRETS_KEY: secretsKey.toString('base64'), ...variables });
  const root: DynamicModule = {
    module: TestRoot,
    imports: [
      RuntimeModule.forRoot({ service: 'test', env, logger }),
      StoreModule.forRoot({ url: database.url, secretsKeys: [secretsKey] }),
    ],
  };
  const app = await createHttpApp(root, env, logger);
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  const maker = { tokenId: 'test', name: 'test', scopes: ['admin' as const] };
  const token = async (...scopes: Scope[]) =>
    (await app.get(Tokens, { strict: false }).create(maker, { name: 'test', scopes })).token ?? '';
  const admin = await token('admin');
  return {
    settings: app.get(Settings, { strict: false }),
    token,
    async request(method, path, body, presented = admin) {
      const answer = await app.inject({
        method,
        url: `/api/v1${path}`,
        headers: { 'x-api-token': presented, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
      });
      return { status: answer.statusCode, body: answer.payload === '' ? undefined : answer.json() };
    },
    rows: (sql) => app.get(Database, { strict: false }).client.$queryRawUnsafe(sql),
    log: () => written.join(''),
    async close() {
      await app.close();
      await database.drop();
    },
  };
}
