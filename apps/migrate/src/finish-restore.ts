import { finishRestored, tellOutcome } from '@vaultstream/backup';
import { LinkSigner, openBlobStore } from '@vaultstream/blobs';
import { createLogger, Env, EnvError, explainFailure } from '@vaultstream/runtime';
import { migrateBroker } from '@vaultstream/tasks';

/** After `pg_restore`, before any process starts: see docs/operate/backup.md. Exit code 1 when files are missing. */
async function main(): Promise<number> {
  const env = Env.load();
  const { databaseUrl, secretsKeys } = env;
  if (databaseUrl === undefined || secretsKeys.length === 0)
    throw new EnvError(
      'DATABASE_URL, SECRETS_KEY: are needed: the restored database, and the key that sealed its secrets',
    );
  const logger = createLogger('finish-restore', { ...env.log, level: 'warn', stream: process.stderr });
  const store = await openBlobStore(env, new LinkSigner({ secretsKeys, expiresS: 60 }));
  const nothingSentSince = process.argv.includes('--nothing-sent-since');
  const done = await finishRestored({ databaseUrl, store, nothingSentSince, steps: [migrateBroker], logger });
  process.stdout.write(`${[...tellOutcome(done), 'The restored database is ready.'].join('\n')}\n`);
  return done.lost.length > 0 ? 1 : 0;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${explainFailure(error, 'The restored database was not put right')}\n`);
    process.exit(2);
  },
);
