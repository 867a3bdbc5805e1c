import { lockBackups, listBackups, removeBackup, type KeptBackup } from './backup-folder.ts';
import { readFileList } from './file-list.ts';
import { openPool } from './file-pool.ts';

/** What went. */
export interface Expired {
  backups: string[];
  /** Stored files that no kept backup speaks of. */
  files: number;
}

const dayMs = 86_400_000;

/**
 * Removes nightly backups that are older than `keepDays`, never the newest one and never one that a person has asked for; then the stored
 * files that no kept backup names. While one of them cannot be read, no file goes.
 */
export async function expireBackups(root: string, keepDays: number, now = new Date()): Promise<Expired> {
  const lock = await lockBackups(root);
  try {
    const { kept, damaged } = await listBackups(root);
    const old = kept.filter((backup, index) => index > 0 && isOver(backup, keepDays, now));
    for (const { manifest } of old) await removeBackup(root, manifest.name);
    const left = kept.filter((backup) => !old.includes(backup));
    const files = damaged.length === 0 ? await dropFiles(root, left) : 0;
    return { backups: old.map(({ manifest }) => manifest.name), files };
  } finally {
    await lock.release();
  }
}

const isOver = ({ manifest }: KeptBackup, keepDays: number, now: Date): boolean =>
  manifest.kind === 'nightly' && now.getTime() - Date.parse(manifest.created_at) > keepDays * dayMs;

async function dropFiles(root: string, kept: readonly KeptBackup[]): Promise<number> {
  const named = new Set<string>();
  for (const { folder, manifest } of kept)
    for (const { key } of await readFileList(folder, manifest.blobs)) named.add(key);
  const pool = await openPool(root);
  const over: string[] = [];
  for await (const { key } of pool.list('blobs/')) if (!named.has(key)) over.push(key);
  for (const key of over) await pool.delete(key);
  return over.length;
}
