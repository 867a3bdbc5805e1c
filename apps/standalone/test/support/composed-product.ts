import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Scope } from '@vaultstream/contracts';
import { createHttpApp, createLogger, Env } from '@vaultstream/runtime';
import { deployMigrations, Tokens } from '@vaultstream/store';
import { migrateBroker } from '@vaultstream/tasks';
import { tempDir, testDatabase } from '@vaultstream/testing';
import { StandaloneModule } from '../../src/app.module.ts';
import { ensurePartitions } from '../../src/ensure-partitions.ts';

/** The whole product in the process of the test, on a database and a folder of its own. */
export interface ComposedProduct {
  app: NestFastifyApplication;
  /** Makes a token with these scopes. */
  token(...scopes: Scope[]): Promise<string>;
  /** Ends it. Call it in `afterAll`. */
  drop(): Promise<void>;
}

/** Composes the product and makes it ready, without listening. */
export async function composeProduct(): Promise<ComposedProduct> {
  const [database, folder] = await Promise.all([testDatabase(), tempDir()]);
  const secretsKey = Buffer.alloc(32, 7);
  const env = Env.load({
    DATABASE_URL: database.url,
    DATA_DIR: folder.path,
    SECRETS_KEY: secretsKey.toString('base64'),
    API_RATE_LIMIT: '0',
  });
  const logger = createLogger('test', { level: 'fatal', format: 'json' });
  await deployMigrations(database.url, logger, [migrateBroker]);
  const module = StandaloneModule.forRoot(
    { env, databaseUrl: database.url, secretsKeys: [secretsKey], soleOwner: true },
    logger,
  );
  const app = await createHttpApp(module, env, logger);
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  await ensurePartitions(app, logger);
  const maker = { tokenId: 'test', name: 'test', scopes: ['admin' as const] };
  return {
    app,
    token: async (...scopes) => (await app.get(Tokens).create(maker, { name: 'test', scopes })).token ?? '',
    drop: async () => {
      await app.close();
      await Promise.all([database.drop(), folder.remove()]);
    },
  };
}
