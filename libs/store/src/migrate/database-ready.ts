import { setTimeout as sleep } from 'node:timers/promises';
import { Conflict } from '@vaultstream/contracts';
import type { ProcessStart } from '@vaultstream/runtime';
import { checkSecretsKey } from '../secrets/secrets-check.ts';
import { pendingMigrations } from './applied-migrations.ts';
import { connectForDeploy } from './connect.ts';
import { deployMigrations, type DeployStep } from './deploy-migrations.ts';
import { readMigrations } from './migration-files.ts';

/** Milliseconds between two looks at a database that is away or behind. */
const lookEveryMs = 1_000;
/** Milliseconds between two log lines about the same wait. */
const sayEveryMs = 15_000;

/**
 * Resolves when the database is up to date with this release. Waits while it is away. Where DB_DEPLOY_ON_START says so, it is brought
 * up to date here (one process works, the others wait for its lock); else this waits for `npm run db:deploy`.
 * @param steps, dir As of `deployMigrations`.
 * @param signal Ends the waiting.
 * @throws Conflict when files and database contradict each other; InfrastructureError for a migration that failed, and when the
 *   secrets were sealed with another key; AbortError.
 */
export async function databaseReady(
  start: Pick<ProcessStart, 'databaseUrl' | 'env' | 'logger'> & Partial<Pick<ProcessStart, 'secretsKeys'>>,
  signal: AbortSignal,
  steps: DeployStep[],
  dir?: string,
): Promise<void> {
  await upToDate(start, signal, steps, dir);
  const { databaseUrl, env, logger, secretsKeys } = start;
  if (secretsKeys) await checkSecretsKey(databaseUrl, { keys: secretsKeys, lost: env.secretsKeyLost, logger });
}

async function upToDate(
  { databaseUrl, env, logger }: Pick<ProcessStart, 'databaseUrl' | 'env' | 'logger'>,
  signal: AbortSignal,
  steps: DeployStep[],
  dir?: string,
): Promise<void> {
  for (let saidAt = -Infinity; ; await sleep(lookEveryMs, undefined, { signal })) {
    const { away, pending } = await look(databaseUrl, dir);
    if (away === undefined && env.deployOnStart) {
      await deployMigrations(databaseUrl, logger, steps, dir);
      return;
    }
    if (pending?.length === 0) return;
    if (performance.now() - saidAt < sayEveryMs) continue;
    saidAt = performance.now();
    const words = away?.message ?? 'the database is behind this release: npm run db:deploy brings it up to date';
    logger.warn({ name: 'database.wait', pending, err: away }, words);
  }
}

/** How the database is: away, or with so many migrations to run. @throws Conflict */
async function look(url: string, dir?: string): Promise<{ away?: Error; pending?: string[] }> {
  const files = await readMigrations(dir);
  try {
    const client = await connectForDeploy(url);
    try {
      return { pending: (await pendingMigrations(client, files)).map(({ name }) => name) };
    } finally {
      await client.end().catch(() => undefined);
    }
  } catch (error) {
    if (error instanceof Conflict || !(error instanceof Error)) throw error;
    return { away: error };
  }
}
