import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isVaultError, Later, NotFound } from '@vaultstream/contracts';
import { DataDirLock } from '@vaultstream/store/embedded';
import { readManifest, type Manifest } from './manifest.ts';

/** Folders of backups that are being written, or removed: none of them looks like a whole one. */
const partial = '.partial-';
const removed = '.removed-';

/** Milliseconds after which a task looks again whether the backup of somebody else is done. */
const busyMs = 60_000;

/** A whole backup in a folder of backups. */
export interface KeptBackup {
  folder: string;
  manifest: Manifest;
}

/** A folder name that sorts by time, such as `2026-11-28T02-00-00Z`. */
const backupName = (at: Date): string => `${at.toISOString().slice(0, 19).replaceAll(':', '-')}Z`;

/**
 * Only one process at a time writes into a folder of backups. Removes what killed ones have left.
 * @throws Later while another one does; InfrastructureError when the folder cannot be written.
 */
export async function lockBackups(root: string): Promise<DataDirLock> {
  await mkdir(root, { recursive: true, mode: 0o700 });
  const lock = await DataDirLock.acquire(root).catch((error: unknown) => {
    if (isVaultError(error) && error.name === 'Conflict')
      throw new Later(`Another backup is being written into ${root}: wait for its end.`, {
        retryAfterMs: busyMs,
        cause: error,
      });
    throw error;
  });
  for (const name of await readdir(root))
    if (name.startsWith(partial) || name.startsWith(removed))
      await rm(join(root, name), { recursive: true, force: true });
  return lock;
}

/** A folder to write a backup of a moment into, and the name that it gets in the last step. Two of one second have different names. */
export async function beginFolder(root: string, at: Date): Promise<{ folder: string; name: string }> {
  const taken = await readdir(root);
  let name = backupName(at);
  for (let n = 2; taken.includes(name); n++) name = `${backupName(at)}-${n}`;
  const folder = join(root, `${partial}${name}`);
  await mkdir(folder, { mode: 0o700 });
  return { folder, name };
}

/** Gives a finished folder its name, at once and for good. */
export async function publishFolder(root: string, folder: string, name: string): Promise<string> {
  const final = join(root, name);
  await flush(folder);
  await rename(folder, final);
  await flush(root);
  return final;
}

/** Removes a backup: from the first moment on it does not look whole any more. */
export async function removeBackup(root: string, name: string): Promise<void> {
  const aside = join(root, `${removed}${name}`);
  await rename(join(root, name), aside);
  await rm(aside, { recursive: true, force: true });
}

/** The whole backups of a folder, the newest first. `damaged`: names of those whose manifest cannot be read. */
export async function listBackups(root: string): Promise<{ kept: KeptBackup[]; damaged: string[] }> {
  const entries = await readdir(root, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const kept: KeptBackup[] = [];
  const damaged: string[] = [];
  for (const entry of entries) {
    if (!entry.isDirectory() || entry.name.startsWith('.')) continue;
    const folder = join(root, entry.name);
    try {
      kept.push({ folder, manifest: await readManifest(folder) });
    } catch (error) {
      if (!isVaultError(error)) throw error;
      if (error.name !== 'NotFound') damaged.push(entry.name);
    }
  }
  kept.sort((a, b) => (a.manifest.created_at < b.manifest.created_at ? 1 : -1));
  return { kept, damaged };
}

/**
 * What `--from` and `--verify` name: a backup, or a folder of backups, which stands for its newest.
 * @throws NotFound when there is none; BadPayload when it is damaged.
 */
export async function findBackup(path: string): Promise<KeptBackup> {
  try {
    return { folder: path, manifest: await readManifest(path) };
  } catch (error) {
    if (!isVaultError(error) || error.name !== 'NotFound') throw error;
    const { kept } = await listBackups(path);
    if (kept[0]) return kept[0];
    throw new NotFound(`There is no whole backup in ${path}.`, { cause: error });
  }
}

async function flush(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
