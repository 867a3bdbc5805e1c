import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BlobStore } from '@vaultstream/blobs';
import { InfrastructureError, isVaultError } from '@vaultstream/contracts';
import { SecretBox } from '@vaultstream/store';
import { Snapshot, type SnapshotBlob } from '@vaultstream/store/backup';
import { beginFolder, lockBackups, publishFolder } from './backup-folder.ts';
import { writeFileList, type ListedFile } from './file-list.ts';
import { copyFiles, openPool, type OnFile } from './file-pool.ts';
import { formatManifest, manifestFile, type Manifest } from './manifest.ts';
import { writeSecretsKeys } from './secrets-file.ts';
import { writeStored } from './stored-file.ts';

/** What is to be kept, and where. */
export interface BackupOptions {
  /** `postgresql://...` */
  databaseUrl: string;
  /** Where the stored files are. */
  store: BlobStore;
  /** Folder of backups. */
  root: string;
  kind: Manifest['kind'];
  /** The keys for secrets: 32 bytes each, the one that seals first. */
  secretsKeys: Buffer[];
  /** Under which the key is kept in the backup; undefined: it is left out. */
  passphrase: string | undefined;
  /** Reads the files of earlier backups too, and writes anew what is damaged. */
  recheck?: boolean;
  signal?: AbortSignal;
  onFile?: OnFile;
}

/** A backup that was made. */
export interface MadeBackup {
  folder: string;
  manifest: Manifest;
  /** Files that were copied now; the others were there from earlier backups. */
  copied: number;
}

/**
 * Makes a backup while the product runs: all rows of one moment, and the stored files that they speak of. It gets its name in the last step,
 * so that one that was killed or failed is never taken for a whole one.
 * @throws InfrastructureError that says so when the database or the storage is away, or the disk is full; Later while another backup is
 *   being written there; Conflict for a table that this release does not know; the reason of the signal.
 */
export async function makeBackup(options: BackupOptions): Promise<MadeBackup> {
  const lock = await lockBackups(options.root).catch((error: unknown) => {
    throw explained(error, options.root);
  });
  let folder: string | undefined;
  try {
    const createdAt = new Date();
    const begun = await beginFolder(options.root, createdAt);
    folder = begun.folder;
    const made = await write(options, folder, begun.name, createdAt);
    return { ...made, folder: await publishFolder(options.root, folder, begun.name) };
  } catch (error) {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true }).catch(() => undefined);
    throw explained(error, options.root);
  } finally {
    await lock.release();
  }
}

async function write(
  options: BackupOptions,
  folder: string,
  name: string,
  createdAt: Date,
): Promise<Omit<MadeBackup, 'folder'>> {
  const { root, store, secretsKeys, passphrase, signal } = options;
  const pool = await openPool(root);
  const copying = { signal, again: options.recheck ?? false, onFile: options.onFile };
  // Most files are copied before the rows are read: the gap between snapshot and files stays short, however large the vault is.
  const before = await copyFiles(store, pool, await listFiles(options.databaseUrl), copying);
  const { facts, tables, files } = await readRows(options, folder);
  const after = await copyFiles(store, pool, files, { ...copying, again: false });
  const listed = files.map(({ sha256, key, mime, size }): ListedFile => {
    const file = { sha256, key, mime, size };
    return after.lost.has(sha256) ? { ...file, lost: true } : file;
  });
  if (passphrase !== undefined) await writeSecretsKeys(folder, secretsKeys, passphrase, name);
  const manifest: Manifest = {
    format: 1,
    name,
    kind: options.kind,
    created_at: createdAt.toISOString(),
    finished_at: new Date().toISOString(),
    postgres: facts.postgres,
    migrations: facts.migrations,
    sequences: facts.sequences,
    event_months: facts.eventMonths,
    tables,
    blobs: {
      count: listed.length,
      blob_bytes: listed.reduce((sum, { size }) => sum + size, 0),
      lost: after.lost.size,
      ...(await writeFileList(folder, listed)),
    },
    secrets_key: { id: new SecretBox(secretsKeys).keyId, included: passphrase !== undefined },
  };
  signal?.throwIfAborted();
  await writeFile(join(folder, manifestFile), formatManifest(manifest), { mode: 0o600, flag: 'wx', flush: true });
  return { manifest, copied: before.copied + after.copied };
}

async function listFiles(databaseUrl: string): Promise<SnapshotBlob[]> {
  const snapshot = await Snapshot.open(databaseUrl);
  try {
    return await snapshot.blobs();
  } finally {
    await snapshot.close();
  }
}

async function readRows({ databaseUrl, signal }: BackupOptions, folder: string) {
  const snapshot = await Snapshot.open(databaseUrl);
  try {
    const tables: Manifest['tables'] = [];
    for (const plan of snapshot.tables) {
      signal?.throwIfAborted();
      const { stream, rows } = snapshot.read(plan);
      const file = await writeStored(folder, `${plan.table}.copy.gz`, stream);
      tables.push({ ...plan, rows: rows(), ...file });
    }
    // Last: sequences know no snapshots, and may only be ahead of the rows.
    return { tables, files: await snapshot.blobs(), facts: await snapshot.facts() };
  } finally {
    await snapshot.close();
  }
}

/** Only the folder of backups is written to: a full disk is its disk. */
function explained(error: unknown, root: string): unknown {
  const codes = codesOf(error);
  if (codes.includes('ENOSPC') || codes.includes('EDQUOT'))
    return new InfrastructureError(
      `The disk of the backups in ${root} is full: this backup was given up, earlier ones are whole.`,
      { cause: error },
    );
  const refused = codes.find((code) => ['EROFS', 'EACCES', 'EPERM', 'ENOTDIR'].includes(code));
  if (refused !== undefined && !isVaultError(error))
    return new InfrastructureError(`The backups in ${root} cannot be written (${refused}).`, { cause: error });
  return error;
}

/** The codes of an error and of what has caused it. */
function codesOf(error: unknown): string[] {
  if (typeof error !== 'object' || error === null) return [];
  const own = 'code' in error ? [String(error.code)] : [];
  return 'cause' in error ? [...own, ...codesOf(error.cause)] : own;
}
