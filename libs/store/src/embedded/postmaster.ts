import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Conflict, InfrastructureError } from '@vaultstream/contracts';
import type { Logger } from '@vaultstream/runtime';
import { livingHolderOf } from './end-with-us.ts';
import { commandLineOf, isAlive, workingDirectoryOf } from './process-info.ts';

/** A fast stop ends sessions and writes a checkpoint; on a slow disk that takes a while. Milliseconds. */
const fastStopMs = 30_000;
/** After SIGQUIT the postmaster itself kills what does not end within 5 s. Milliseconds. */
const immediateStopMs = 10_000;
const pollMs = 20;

/**
 * Stops a postmaster: fast (SIGINT) and, past the deadline, immediate (SIGQUIT; the next start recovers from the log).
 * @throws InfrastructureError when it cannot be signalled or survives both.
 */
export async function stopPostmaster(pid: number, fastMs: number = fastStopMs): Promise<void> {
  for (const [signal, patienceMs] of [
    ['SIGINT', fastMs],
    ['SIGQUIT', immediateStopMs],
  ] as const) {
    if (!isAlive(pid)) return;
    try {
      process.kill(pid, signal);
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      if (code === 'ESRCH') return;
      throw new InfrastructureError(
        `Postgres process ${pid} belongs to another user and cannot be stopped: stop it first.`,
        {
          cause,
        },
      );
    }
    for (const end = Date.now() + patienceMs; Date.now() < end; await sleep(pollMs)) if (!isAlive(pid)) return;
  }
  throw new InfrastructureError(`Postgres process ${pid} does not stop: end it by hand.`);
}

/**
 * Ends a Postgres that still runs on this cluster because the VaultStream that started it was killed. The caller holds the lock of the
 * data directory, so nobody else should be using it; but a lock file can be emptied or garbled, so a look is taken. A pid file whose pid now belongs to some other program is removed: Postgres itself
 * would refuse to start. One whose process is gone is left to Postgres, which also looks for left-over shared memory.
 * @throws Conflict when the VaultStream that started it is alive.
 */
export async function stopOrphan(cluster: string, logger: Logger): Promise<void> {
  const file = join(cluster, 'postmaster.pid');
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  // The first line is the pid; the file is written line by line, so more cannot be relied on.
  const pid = Math.abs(Number.parseInt(text, 10));
  if (!pid || !isAlive(pid)) return;
  if (runsOn(pid, cluster)) {
    const holder = await livingHolderOf(pid, 'INT');
    if (holder !== null)
      throw new Conflict(
        `The database in ${cluster} is in use by another VaultStream, process ${holder}, whose lock file was lost: stop it first, or set DATA_DIR to another directory.`,
      );
    logger.warn({ postgres_pid: pid }, 'a killed run left its Postgres behind; stopping it');
    await stopPostmaster(pid);
  } else {
    logger.info({ postgres_pid: pid }, 'the pid in postmaster.pid belongs to another program now; removing the file');
    await rm(file, { force: true });
  }
}

/** Whether process `pid` is a postmaster of this cluster: it works in the folder, and we always name it on the command line. */
function runsOn(pid: number, cluster: string): boolean {
  const command = commandLineOf(pid) ?? '';
  return /(^|\/)postgres( |$)/.test(command) && (command.includes(cluster) || workingDirectoryOf(pid) === cluster);
}
