import type { UnitOfWork } from '@vaultstream/contracts';
import { redactText } from '@vaultstream/runtime';
import { Events } from '@vaultstream/store';
import type { MadeBackup } from './make-backup.ts';

/** Notes a backup in the event log. The time of the latest `backup.finished` is the last success. */
export async function noteFinished(work: UnitOfWork, { manifest, copied }: MadeBackup): Promise<void> {
  const payload = {
    name: manifest.name,
    kind: manifest.kind,
    rows: rowsOf(manifest),
    files: manifest.blobs.count,
    file_bytes: manifest.blobs.blob_bytes,
    copied,
    lost: manifest.blobs.lost,
    secrets_key: manifest.secrets_key.included,
    duration_ms: Date.parse(manifest.finished_at) - Date.parse(manifest.created_at),
  };
  await work.transact((tx) => Events.append(tx, [{ type: 'backup.finished', payload }]));
}

/** Notes that a backup has failed, and why. */
export async function noteFailed(work: UnitOfWork, kind: 'nightly' | 'manual', error: unknown): Promise<void> {
  const message = redactText(error instanceof Error ? error.message : String(error)).slice(0, 500);
  await work.transact((tx) => Events.append(tx, [{ type: 'backup.failed', payload: { kind, error: message } }]));
}

/** Rows of all tables. */
export const rowsOf = ({ tables }: Pick<MadeBackup['manifest'], 'tables'>): number =>
  tables.reduce((sum, { rows }) => sum + rows, 0);
