import { mkdir } from 'node:fs/promises';
import type { Env, Logger } from '@vaultstream/runtime';
import { DataDirLock, EmbeddedPostgres } from '@vaultstream/store/embedded';
import { ensureSecretsKey } from './secrets-key.ts';

/** What a process on its own brings for itself. */
export interface EmbeddedParts {
  /** Complete: with a database and a key. */
  env: Env;
  /** Whether the database is our own. */
  embedded: boolean;
  /** Gives everything back: Postgres last, then the lock. */
  stop(): Promise<void>;
}

/**
 * Takes the data directory, and starts what the environment does not name: Postgres, and the key for secrets.
 * @param onDatabaseLost Called when the embedded Postgres ends by itself.
 * @throws Conflict when another instance uses the data directory; InfrastructureError with one clear line for everything else.
 */
export async function startEmbeddedParts(env: Env, logger: Logger, onDatabaseLost: () => void): Promise<EmbeddedParts> {
  const lock = await DataDirLock.acquire(env.dataDir);
  try {
    await mkdir(env.dataDir, { recursive: true });
    const key = env.secretsKey?.toString('base64') ?? (await ensureSecretsKey(env.dataDir));
    if (env.databaseUrl !== undefined)
      return { env: env.with({ SECRETS_KEY: key }), embedded: false, stop: () => lock.release() };
    const postgres = await EmbeddedPostgres.start({ dataDir: env.dataDir, logger, lock, onExit: onDatabaseLost });
    return {
      env: env.with({ SECRETS_KEY: key, DATABASE_URL: postgres.url }),
      embedded: true,
      async stop() {
        await postgres.stop();
        await lock.release();
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}
