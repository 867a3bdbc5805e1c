import {
  findBackup,
  finishRestored,
  restoreBackup,
  tellOutcome,
  type KeptBackup,
  type Restored,
} from '@vaultstream/backup';
import { LinkSigner, openBlobStore } from '@vaultstream/blobs';
import { InvalidInput } from '@vaultstream/contracts';
import { createLogger, Env, explainFailure, type Logger } from '@vaultstream/runtime';
import { checkSecretsKey, deployMigrations } from '@vaultstream/store';
import { DataDirLock } from '@vaultstream/store/embedded';
import { migrateBroker } from '@vaultstream/tasks';
import { putOtherMajorAside } from './aside.ts';
import { readRestoreArguments, type RestoreArguments } from './backup-options.ts';
import { startEmbeddedParts } from './embedded-parts.ts';
import { onFile } from './file-progress.ts';
import { keyFor, type RestoredKey } from './restore-key.ts';
import { existingSecretsKeys, replaceSecretsKeys } from './secrets-key.ts';

/** `npm run restore`: brings a backup into this installation. Exit code 1 when something is left for a person. */
async function main(): Promise<number> {
  const options = readRestoreArguments(process.argv.slice(2));
  const env = Env.load();
  const logger = createLogger('restore', { level: 'warn', format: env.log.format, stream: process.stderr });
  if (options.from === undefined) return finish(env, logger, options);
  const backup = await findBackup(options.from);
  const key = await keyFor(backup, env);
  const lock = await DataDirLock.acquire(env.dataDir);
  return restore(backup, key, { env, logger, lock, options });
}

interface Context {
  env: Env;
  logger: Logger;
  lock: DataDirLock;
  options: RestoreArguments;
}

async function restore(
  backup: KeptBackup,
  key: RestoredKey | null,
  { env, logger, lock, options }: Context,
): Promise<number> {
  const embedded = env.databaseUrl === undefined;
  if (embedded && options.replace) await tellAside(env.dataDir);
  // In a new installation the key is there before the database, as at every first start.
  const first = key?.write === true && (await existingSecretsKeys(env.dataDir)) === null;
  if (first && key) await replaceSecretsKeys(env.dataDir, key.keys);
  const parts = await startEmbeddedParts(env, lock, logger, () => process.exit(1));
  try {
    const { databaseUrl, secretsKeys } = parts.env;
    if (databaseUrl === undefined || secretsKeys.length === 0)
      throw new Error('DATABASE_URL and SECRETS_KEY are needed');
    const store = await openBlobStore(parts.env, new LinkSigner({ secretsKeys, expiresS: 60 }));
    const { replace, nothingSentSince } = options;
    const done = await restoreBackup(backup, { databaseUrl, store, replace, nothingSentSince, onFile });
    if (key?.write && !first) await replaceSecretsKeys(env.dataDir, key.keys);
    await deployMigrations(databaseUrl, logger, [migrateBroker]);
    await checkSecretsKey(databaseUrl, { keys: key?.keys ?? secretsKeys, lost: key === null, logger });
    return tell(backup, done, options);
  } finally {
    await parts.stop();
  }
}

async function tellAside(dataDir: string): Promise<void> {
  const aside = await putOtherMajorAside(dataDir);
  if (aside !== null)
    process.stderr.write(
      `The database of the older Postgres is now in ${aside}: remove it when you are sure that you do not need it.\n`,
    );
}

/** Of a database that another tool has restored: rows that mean something only in their old cluster, and bytes that are not there. */
async function finish(env: Env, logger: Logger, { nothingSentSince }: RestoreArguments): Promise<number> {
  const { databaseUrl, secretsKeys } = env;
  if (databaseUrl === undefined || secretsKeys.length === 0)
    throw new InvalidInput('--finish needs DATABASE_URL and SECRETS_KEY', [
      { path: 'DATABASE_URL', message: 'is not set' },
    ]);
  const store = await openBlobStore(env, new LinkSigner({ secretsKeys, expiresS: 60 }));
  const done = await finishRestored({ databaseUrl, store, nothingSentSince, steps: [migrateBroker], logger });
  process.stdout.write(`${tellOutcome(done).join('\n')}\n`);
  return done.lost.length > 0 ? 1 : 0;
}

function tell({ manifest }: KeptBackup, done: Restored, { nothingSentSince }: RestoreArguments): number {
  const lines = [
    `Restored ${manifest.name}: ${done.rows} rows, ${done.files} stored files brought back. npm start goes on from there.`,
  ];
  process.stdout.write(`${[...lines, ...tellOutcome(done)].join('\n')}\n`);
  if (nothingSentSince) process.stdout.write('What was on its way is sent on.\n');
  return done.lost.length > 0 ? 1 : 0;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${explainFailure(error, 'Nothing was restored')}\n`);
    process.exit(1);
  },
);
