import type { BlobStore } from '@vaultstream/blobs';
import type { Logger } from '@vaultstream/runtime';
import { deployMigrations, type DeployStep } from '@vaultstream/store';
import { finishRestore, missingBlobs } from '@vaultstream/store/backup';
import type { Restored } from './restore-backup.ts';

/** What a restore leaves for a person. */
export type RestoreOutcome = Pick<Restored, 'unconfirmed' | 'contentsInDoubt' | 'lost'>;

export interface FinishOptions {
  /** `postgresql://...` of a database that another tool has restored. */
  databaseUrl: string;
  /** Where its files are. */
  store: BlobStore;
  /** A person knows that nothing was sent after the dump. */
  nothingSentSince: boolean;
  /** Further owners of tables: see `deployMigrations`. */
  steps: DeployStep[];
  logger: Logger;
}

/**
 * Puts right what means something in the old cluster only, and marks stored files that are not there. Before any process starts; a dump of an
 * earlier release is brought up to date first, since it lacks columns that are put right here.
 * @throws InfrastructureError when the database or the storage is away; Conflict when VaultStream runs on it.
 */
export async function finishRestored(options: FinishOptions): Promise<RestoreOutcome> {
  const { databaseUrl, store, nothingSentSince, steps, logger } = options;
  await deployMigrations(databaseUrl, logger, steps);
  const lost = await missingBlobs(databaseUrl, async (key) => (await store.head(key))?.size);
  const lostBlobs = lost.map(({ sha256 }) => sha256);
  const done = await finishRestore(databaseUrl, { backup: 'pg_restore', nothingSentSince, lostBlobs });
  return { ...done, lost: lost.map(({ key }) => key) };
}

/** An outcome in words, a line each. */
export function tellOutcome(done: RestoreOutcome): string[] {
  const lines: string[] = [];
  if (done.unconfirmed > 0)
    lines.push(
      `${done.unconfirmed} deliveries were on their way, and may have been sent since the backup: they are unconfirmed, and wait for you ` +
        `(GET /api/v1/deliveries?status=unconfirmed, then POST /api/v1/deliveries/{id}/resolve).`,
    );
  if (done.contentsInDoubt > 0)
    lines.push(
      `${done.contentsInDoubt} contents had not been pushed yet, and may have been since: their deliveries will be unconfirmed too.`,
    );
  for (const key of done.lost)
    lines.push(`! The bytes of ${key} are gone: they are fetched again with the next share or retry of their page.`);
  return lines;
}
