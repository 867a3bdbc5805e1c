import { createHttpApp, listenHttp, listenToSignals, Shutdown, type Env, type Logger } from '@vaultstream/runtime';
import { deployMigrations, EventPartitions, Tokens } from '@vaultstream/store';
import { migrateBroker } from '@vaultstream/tasks';
import { StandaloneModule } from './app.module.ts';
import { greet } from './greeting.ts';

/**
 * Brings the schema up to date, starts the app and greets.
 * @param env Complete: with DATABASE_URL and SECRETS_KEY.
 * @param stopParts Stops what was started before the app: the last phase of the shutdown.
 * @throws EnvError, InfrastructureError and others with one clear line.
 */
export async function runApp(env: Env, logger: Logger, stopParts: () => Promise<void>): Promise<void> {
  const { databaseUrl, secretsKey } = env;
  if (databaseUrl === undefined || secretsKey === undefined) throw new Error('DATABASE_URL and SECRETS_KEY are needed');
  await deployMigrations(databaseUrl, logger, [migrateBroker]);
  const app = await createHttpApp(StandaloneModule.forRoot(env, { databaseUrl, secretsKey }, logger), env, logger);
  const shutdown = app.get(Shutdown);
  shutdown.register('children', 'embedded parts', stopParts, 30_000);
  listenToSignals(shutdown, logger, 0);
  await app.get(EventPartitions).ensure();
  const tokens = app.get(Tokens);
  const { bootstrapToken } = env.api;
  if (bootstrapToken !== undefined) await tokens.ensureBootstrap(bootstrapToken);
  const made = bootstrapToken === undefined ? await tokens.createAdminIfNone() : null;
  const url = await listenHttp(app, env);
  logger.info({ name: 'ready', url }, 'listening');
  greet(url, made);
}
