import type { Env, Logger } from '@vaultstream/runtime';
import { EmbeddedPostgres, type DataDirLock } from '@vaultstream/store/embedded';
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
 * Starts what the environment does not name: Postgres, and the key for secrets.
 * @param lock Of the data directory: given back at the end, and when this fails.
 * @param onDatabaseLost Called when the embedded Postgres ends by itself.
 * @throws InfrastructureError with one clear line.
 */
export async function startEmbeddedParts(
  env: Env,
  lock: DataDirLock,
  logger: Logger,
  onDatabaseLost: () => void,
): Promise<EmbeddedParts> {
  try {
    const key =
      env.secretsKeys.length > 0
        ? env.secretsKeys.map((one) => one.toString('base64')).join(',')
        : await ensureSecretsKey(env.dataDir, env.secretsKeyLost);
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
