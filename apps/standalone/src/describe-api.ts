import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiDocument, createHttpApp, createLogger, Env, type OpenApiDocument } from '@vaultstream/runtime';
import { StandaloneModule } from './app.module.ts';

/**
 * The API of the whole product, as OpenAPI. The app is composed but neither initialised nor started: nothing is connected to.
 * @throws Error naming each handler that is not declared.
 */
export async function describeApi(): Promise<OpenApiDocument> {
  const dataDir = await mkdtemp(join(tmpdir(), 'vaultstream-'));
  const secretsKey = Buffer.alloc(32);
  const databaseUrl = 'postgresql://127.0.0.1:1/nowhere';
  const env = Env.load({ DATA_DIR: dataDir, DATABASE_URL: databaseUrl, SECRETS_KEY: secretsKey.toString('base64') });
  const logger = createLogger('openapi', { level: 'error', format: 'json' });
  try {
    const module = StandaloneModule.forRoot({ env, databaseUrl, secretsKeys: [secretsKey], soleOwner: false }, logger);
    const app = await createHttpApp(module, env, logger);
    return app.get(ApiDocument).build();
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}
