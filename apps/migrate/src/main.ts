import { createLogger, Env, EnvError, explainFailure, watchEarlySignals } from '@vaultstream/runtime';
import { databaseReady } from '@vaultstream/store';
import { migrateBroker } from '@vaultstream/tasks';

/** How long a database that is away is waited for: milliseconds. Whoever started us tries again after that. */
const patienceMs = 120_000;

/** Brings the database of DATABASE_URL up to date and ends: a step of each deploy, before or while the other processes start. */
async function main(): Promise<void> {
  const env = Env.load();
  const { databaseUrl, secretsKeys } = env;
  if (databaseUrl === undefined) throw new EnvError('DATABASE_URL: is needed: the database to bring up to date');
  const logger = createLogger('migrate', env.log);
  // The first process of a container ignores signals that nobody listens to. Each migration is a transaction: it may be left at any moment.
  const early = watchEarlySignals(env.parentPid);
  early.signal.addEventListener('abort', () => process.exit(1));
  const deploying = env.with({ DB_DEPLOY_ON_START: true });
  const start = { databaseUrl, env: deploying, logger, ...(secretsKeys.length > 0 && { secretsKeys }) };
  await databaseReady(start, AbortSignal.timeout(patienceMs), [migrateBroker]);
  logger.info({ name: 'migrate.done' }, 'the database is up to date');
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${explainFailure(error, 'The database was not brought up to date')}\n`);
    process.exit(1);
  },
);
