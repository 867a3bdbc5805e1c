import { checkWhole } from '@vaultstream/blobs';
import { isVaultError } from '@vaultstream/contracts';
import { countLines } from '@vaultstream/store/backup';
import { dirname } from 'node:path';
import type { KeptBackup } from './backup-folder.ts';
import { readFileList, type ListedFile } from './file-list.ts';
import { isLoss, openPool, type OnFile } from './file-pool.ts';
import type { Manifest } from './manifest.ts';
import { readSecretsKeys } from './secrets-file.ts';
import { readStored } from './stored-file.ts';

/** What is wrong with a backup. */
export interface Verdict {
  /** Of its own files: nothing can be restored. One line each. */
  faults: string[];
  /** Keys of stored files whose bytes are missing or damaged: the rest can be restored. */
  damagedFiles: string[];
  /** Files that were gone already when the backup was made. */
  lost: number;
  rows: number;
  files: number;
}

/**
 * Reads a whole backup and compares it with what its manifest says.
 * @param passphrase Is tried, where there is one and the key is in the backup.
 */
export async function verifyBackup(
  { folder, manifest }: KeptBackup,
  { passphrase, onFile }: { passphrase?: string | undefined; onFile?: OnFile } = {},
): Promise<Verdict> {
  const verdict: Verdict = { faults: [], damagedFiles: [], lost: manifest.blobs.lost, rows: 0, files: 0 };
  verdict.rows = await checkTables(folder, manifest, verdict.faults);
  const files = await gather(verdict.faults, () => readFileList(folder, manifest.blobs));
  if (manifest.secrets_key.included && passphrase !== undefined)
    await gather(verdict.faults, () => readSecretsKeys(folder, passphrase, manifest.name));
  if (files) {
    verdict.files = files.length;
    verdict.damagedFiles = await damagedFiles(folder, files, onFile);
  }
  return verdict;
}

/** @returns How many rows all tables have. */
export async function checkTables(folder: string, manifest: Manifest, faults: string[]): Promise<number> {
  let all = 0;
  for (const table of manifest.tables) {
    const rows = await gather(faults, async () => {
      let lines = 0;
      for await (const chunk of readStored(folder, table)) lines += countLines(chunk as Buffer);
      return lines;
    });
    if (rows !== undefined && rows !== table.rows)
      faults.push(`${table.table}: ${rows} rows, and the manifest says ${table.rows}.`);
    all += rows ?? 0;
  }
  return all;
}

async function damagedFiles(folder: string, files: readonly ListedFile[], onFile?: OnFile): Promise<string[]> {
  const pool = await openPool(dirname(folder));
  const damaged: string[] = [];
  for (const [index, { key, lost }] of files.entries()) {
    if (lost) continue;
    try {
      await checkWhole(pool, key);
    } catch (error) {
      if (!isLoss(error)) throw error;
      damaged.push(key);
    }
    onFile?.(index + 1, files.length);
  }
  return damaged;
}

/** A fault of the backup becomes a line; other errors go on. */
async function gather<T>(faults: string[], look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    if (!isVaultError(error) || error.disposition !== 'fail') throw error;
    faults.push(error.message);
    return undefined;
  }
}
