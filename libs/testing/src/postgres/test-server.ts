import { chmod, mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { EmbeddedPostgres, stopLeftover } from '@vaultstream/store/embedded';

/** Settings that trade safety for speed, since nothing here outlives the run; and room for every worker's pools. */
const settings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '200' };

/** Homes of the servers of all runs of this user. */
const runs = join(tmpdir(), `vaultstream-tests-${process.getuid?.() ?? 0}`);

/** A younger folder may belong to a run that is just starting. Milliseconds. */
const startingMs = 60_000;

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const logger = pino({ level: 'warn' }, process.stderr);

/**
 * Starts the Postgres of one test run in a temporary folder, and removes what killed runs left behind.
 * @returns Its URL, and `stop`, which removes the folder too.
 */
export async function startTestServer(): Promise<{ url: string; stop(): Promise<void> }> {
  await mkdir(runs, { recursive: true });
  await removeDeadRuns();
  const folder = await mkdtemp(join(runs, 'run-'));
  await chmod(folder, 0o711); // as root, the database's user must be able to pass through
  const server = await EmbeddedPostgres.start({ dataDir: join(folder, 'data'), logger, settings });
  const stop = async () => {
    for (const signal of signals) process.off(signal, onSignal);
    await server.stop();
    await remove(folder);
  };
  // Ctrl-C ends jest without its teardown. After a SIGKILL the next run cleans up.
  const onSignal = (signal: NodeJS.Signals) => void stop().finally(() => process.kill(process.pid, signal));
  for (const signal of signals) process.once(signal, onSignal);
  return { url: server.url, stop };
}

async function removeDeadRuns(): Promise<void> {
  for (const name of await readdir(runs)) {
    const folder = join(runs, name);
    const info = await stat(folder).catch(() => null);
    if (!info || Date.now() - info.mtimeMs < startingMs) continue;
    // False for a run that is alive.
    if (await stopLeftover(join(folder, 'data'), logger)) await remove(folder);
  }
}

async function remove(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}
