import type { INestApplicationContext } from '@nestjs/common';
import {
  createHttpApp,
  listenHttp,
  listenToSignals,
  Shutdown,
  type EarlySignals,
  type Env,
  type Logger,
} from '@vaultstream/runtime';
import { checkSecretsKey, deployMigrations, Tokens } from '@vaultstream/store';
import { migrateBroker } from '@vaultstream/tasks';
import { StandaloneModule } from './app.module.ts';
import type { EmbeddedParts } from './embedded-parts.ts';
import { ensurePartitions } from './ensure-partitions.ts';
import { greet } from './greeting.ts';

/**
 * Brings the schema up to date, starts the app and greets. The parts become the last phase of the app's shutdown, which also runs
 * when the start fails.
 * @param early What has asked us to end so far: heard as soon as there is something to end.
 * @throws EnvError, InfrastructureError and others with one clear line.
 */
export async function runApp(
  { env, embedded, stop }: EmbeddedParts,
  logger: Logger,
  early: EarlySignals,
): Promise<void> {
  const { databaseUrl, secretsKeys } = env;
  if (databaseUrl === undefined || secretsKeys.length === 0) throw new Error('DATABASE_URL and SECRETS_KEY are needed');
  await deployMigrations(databaseUrl, logger, [migrateBroker]);
  await checkSecretsKey(databaseUrl, { keys: secretsKeys, lost: env.secretsKeyLost, logger });
  const app = await createHttpApp(
    StandaloneModule.forRoot({ env, databaseUrl, secretsKeys, soleOwner: embedded }, logger),
    env,
    logger,
  );
  const shutdown = app.get(Shutdown);
  shutdown.register('children', 'embedded parts', stop, 30_000);
  listenToSignals(shutdown, logger, { drainMs: env.shutdownDrainMs, parentPid: env.parentPid });
  early.release();
  if (early.signal.aborted) process.exit((await shutdown.run('a signal during the start')) ? 0 : 1);
  try {
    await ensurePartitions(app, logger);
    // Also without API_TOKEN: the one that stood there before must not open the door any more.
    await app.get(Tokens).ensureBootstrap(env.api.bootstrapToken);
    const url = await listenHttp(app, env);
    logger.info({ name: 'ready', url }, 'listening');
    // Only now that it listens: a token that is made must also be shown.
    greet({ url, token: await firstToken(app, env) });
  } catch (error) {
    await shutdown.run('the start failed');
    throw error;
  }
}

/** Makes sure that somebody can use the API. @returns the token, when it was made here and has to be shown. */
async function firstToken(app: INestApplicationContext, env: Env): Promise<string | null> {
  return env.api.bootstrapToken === undefined ? app.get(Tokens).createAdminIfNone() : null;
}
