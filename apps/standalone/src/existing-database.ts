import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InfrastructureError } from '@vaultstream/contracts';
import type { Env, Logger } from '@vaultstream/runtime';
import { EmbeddedPostgres, runningDatabase } from '@vaultstream/store/embedded';

/**
 * The database that the environment names, or that of the running instance, or the embedded one, started for the moment and as it is.
 * @throws InfrastructureError where there is none.
 */
export async function openExistingDatabase(
  { dataDir, databaseUrl }: Env,
  logger: Logger,
): Promise<{ url: string; stop(): Promise<void> }> {
  const there = databaseUrl ?? (await runningDatabase(dataDir));
  if (there !== null) return { url: there, stop: async () => undefined };
  if (!existsSync(join(dataDir, 'postgres-password')))
    throw new InfrastructureError(`There is no installation in ${dataDir}: npm start makes one, and prints its token.`);
  const postgres = await EmbeddedPostgres.start({ dataDir, logger });
  return { url: postgres.url, stop: () => postgres.stop() };
}
