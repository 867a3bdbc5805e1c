import { dirname } from 'node:path';
import type { BlobStore } from '@vaultstream/blobs';
import { BadPayload } from '@vaultstream/contracts';
import { assertRestorable, restoreRows, type PutRight } from '@vaultstream/store/backup';
import type { KeptBackup } from './backup-folder.ts';
import { readFileList } from './file-list.ts';
import { copyFiles, openPool, type OnFile } from './file-pool.ts';
import { readStored } from './stored-file.ts';
import { checkTables } from './verify-backup.ts';

export interface RestoreBackupOptions {
  databaseUrl: string;
  /** Gets the stored files: a local folder or an S3, whichever it was when the backup was made. */
  store: BlobStore;
  replace: boolean;
  /** As of `PutRightOptions`. */
  nothingSentSince: boolean;
  onFile?: OnFile;
}

/** What came back. */
export interface Restored extends PutRight {
  rows: number;
  /** Stored files that were brought back now; the others were there. */
  files: number;
  /** Keys of stored files whose bytes nobody has any more. */
  lost: string[];
}

/**
 * Brings a backup into a database and an object store. The bytes first: a row never speaks of bytes that are not there. Killed at any moment,
 * it leaves the database as it was, and may be run again.
 * @throws BadPayload when files of the backup are damaged (then nothing is touched); else as `restoreRows`.
 */
export async function restoreBackup(backup: KeptBackup, options: RestoreBackupOptions): Promise<Restored> {
  const { folder, manifest } = backup;
  const faults: string[] = [];
  const rows = await checkTables(folder, manifest, faults);
  if (faults.length > 0) throw new BadPayload(`This backup cannot be restored:\n${faults.join('\n')}`);
  const files = await readFileList(folder, manifest.blobs);
  await assertRestorable(options.databaseUrl, options.replace);
  const there = files.filter(({ lost }) => !lost);
  const copied = await copyFiles(await openPool(dirname(folder)), options.store, there, { onFile: options.onFile });
  const lost = files.filter((file) => file.lost === true || copied.lost.has(file.sha256));
  const done = await restoreRows(options.databaseUrl, {
    backup: manifest.name,
    facts: { migrations: manifest.migrations, sequences: manifest.sequences, eventMonths: manifest.event_months },
    tables: manifest.tables.map((table) => ({ ...table, open: () => readStored(folder, table) })),
    replace: options.replace,
    nothingSentSince: options.nothingSentSince,
    lostBlobs: lost.map(({ sha256 }) => sha256),
  });
  return { ...done, rows, files: copied.copied, lost: lost.map(({ key }) => key) };
}
