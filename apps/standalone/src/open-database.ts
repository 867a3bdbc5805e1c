import type { Env, Logger } from '@vaultstream/runtime';
import { deployMigrations } from '@vaultstream/store';
import { runningDatabase } from '@vaultstream/store/embedded';
import { migrateBroker } from '@vaultstream/tasks';
import { openExistingDatabase } from './existing-database.ts';

/** The existing database, brought up to date where it was not running. @throws InfrastructureError where there is no installation. */
export async function openDatabase(env: Env, logger: Logger): Promise<{ url: string; stop(): Promise<void> }> {
  const running = env.databaseUrl !== undefined || (await runningDatabase(env.dataDir)) !== null;
  const { url, stop } = await openExistingDatabase(env, logger);
  try {
    if (!running) await deployMigrations(url, logger, [migrateBroker]);
    return { url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
