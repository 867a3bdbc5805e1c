import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { isVaultError } from '@vaultstream/contracts';
import type { Logger } from '@vaultstream/runtime';
import { DataDirLock } from './data-dir-lock.ts';
import { stopOrphan } from './postmaster.ts';

/**
 * Stops the Postgres that a killed run left behind in a data directory, without starting a new one.
 * @returns False when the data directory is in use; nothing was touched then.
 */
export async function stopLeftover(dataDir: string, logger: Logger): Promise<boolean> {
  try {
    const lock = await DataDirLock.acquire(dataDir);
    try {
      const cluster = await realpath(join(dataDir, 'postgres')).catch(() => null);
      if (cluster) await stopOrphan(cluster, logger);
    } finally {
      await lock.release();
    }
  } catch (error) {
    if (isVaultError(error) && error.name === 'Conflict') return false;
    throw error;
  }
  return true;
}
