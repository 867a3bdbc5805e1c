import { mkdir } from 'node:fs/promises';
import {
  findBackup,
  makeBackup,
  noteFailed,
  noteFinished,
  rowsOf,
  verifyBackup,
  type MadeBackup,
  type Verdict,
} from '@vaultstream/backup';
import { LinkSigner, openBlobStore } from '@vaultstream/blobs';
import { InfrastructureError, type UnitOfWork } from '@vaultstream/contracts';
import { createLogger, Env, explainFailure, watchParent, type Logger } from '@vaultstream/runtime';
import { Database } from '@vaultstream/store';
import { readBackupArguments, type BackupArguments } from './backup-options.ts';
import { openExistingDatabase } from './existing-database.ts';
import { existingSecretsKeys } from './secrets-key.ts';
import { onFile } from './file-progress.ts';

/** `npm run backup`: backs this installation up, or reads a backup. Exit code 1 when something is left for a person. */
async function main(): Promise<number> {
  const options = readBackupArguments(process.argv.slice(2));
  const env = Env.load();
  if (options.verify !== undefined) return verify(options.verify, env);
  const logger = createLogger('backup', { level: 'warn', format: env.log.format, stream: process.stderr });
  const secretsKeys = env.secretsKeys.length > 0 ? env.secretsKeys : await existingSecretsKeys(env.dataDir);
  if (secretsKeys === null)
    throw new InfrastructureError(
      `${env.dataDir}/secrets.key is missing: without it the secrets in the backup could never be read.`,
    );
  const { url, stop } = await openExistingDatabase(env, logger);
  try {
    return await backUp(url, secretsKeys, options, env, logger);
  } finally {
    await stop();
  }
}

async function backUp(
  databaseUrl: string,
  secretsKeys: Buffer[],
  { to, recheck }: BackupArguments,
  env: Env,
  logger: Logger,
): Promise<number> {
  const interrupt = new AbortController();
  const stop = () => interrupt.abort(new Error('interrupted'));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  watchParent(env.parentPid, stop);
  const root = to ?? env.backup.dir;
  await mkdir(root, { recursive: true, mode: 0o700 });
  const work = new Database({ url: databaseUrl, applicationName: 'vaultstream-backup' });
  try {
    const store = await openBlobStore(env, new LinkSigner({ secretsKeys, expiresS: 60 }));
    const { passphrase } = env.backup;
    const made = await makeBackup({
      databaseUrl,
      store,
      root,
      kind: 'manual',
      secretsKeys,
      passphrase,
      recheck,
      signal: interrupt.signal,
      onFile,
    });
    await noteFinished(work, made).catch((err: unknown) =>
      logger.warn({ err }, 'the backup is whole, but could not be noted in the event log'),
    );
    return tell(made);
  } catch (error) {
    await note(work, error);
    throw error;
  } finally {
    await work.close();
  }
}

/** The failure itself is what is told; that it could not be noted too (the database is away, say) adds nothing. */
async function note(work: UnitOfWork, error: unknown): Promise<void> {
  await noteFailed(work, 'manual', error).catch(() => undefined);
}

function tell({ folder, manifest, copied }: MadeBackup): number {
  const { count, lost } = manifest.blobs;
  const lines = [`${folder}: ${rowsOf(manifest)} rows and ${count} stored files, ${copied} of them new.`];
  if (!manifest.secrets_key.included)
    lines.push(
      `secrets.key is not in it: keep it elsewhere (its id is ${manifest.secrets_key.id}), or set BACKUP_PASSPHRASE. ` +
        `Without it bots, targets and settings need their secrets anew after a restore.`,
    );
  if (lost > 0) lines.push(`! ${lost} stored files are missing or damaged in the vault, and could not be backed up.`);
  process.stdout.write(`${lines.join('\n')}\n`);
  return lost > 0 ? 1 : 0;
}

async function verify(path: string, env: Env): Promise<number> {
  const backup = await findBackup(path);
  const verdict = await verifyBackup(backup, { passphrase: env.backup.passphrase, onFile });
  process.stdout.write(`${judge(backup.folder, verdict).join('\n')}\n`);
  return verdict.faults.length + verdict.damagedFiles.length > 0 ? 1 : 0;
}

function judge(folder: string, { faults, damagedFiles, lost, rows, files }: Verdict): string[] {
  const lines = faults.map((fault) => `! ${fault}`);
  for (const key of damagedFiles) lines.push(`! ${key} is missing or damaged.`);
  if (lost > 0) lines.push(`${lost} stored files were gone already when it was made.`);
  if (faults.length > 0) lines.push(`${folder} cannot be restored.`);
  else if (damagedFiles.length > 0)
    lines.push(
      `${folder} can be restored but for ${damagedFiles.length} stored files. npm run backup -- --recheck writes them anew.`,
    );
  else lines.push(`${folder} is whole: ${rows} rows, ${files} stored files.`);
  return lines;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${explainFailure(error, 'No backup was made')}\n`);
    process.exit(1);
  },
);
