import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { discard, isOwnStagedName, stagedName } from './durable-files.ts';
import { errnoOf } from './disk-error.ts';

/** A staged file of a process that we cannot see (another container) is left alone this long: milliseconds (1 hour). */
const foreignLifeMs = 3_600_000;

/** Removes what killed processes have left in the staging folder. Files of living ones stay. Answers how many went. */
export async function sweepStaging(folder: string): Promise<number> {
  let swept = 0;
  for (const name of await readdir(folder)) {
    if (!(await isAbandoned(folder, name))) continue;
    await discard(join(folder, name));
    swept++;
  }
  return swept;
}

async function isAbandoned(folder: string, name: string): Promise<boolean> {
  const pid = stagedName.exec(name)?.[1];
  if (pid === undefined || isOwnStagedName(name)) return false;
  if (Number(pid) === process.pid || !isAlive(Number(pid))) return true;
  try {
    return Date.now() - (await stat(join(folder, name))).mtimeMs > foreignLifeMs;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errnoOf(error) === 'EPERM';
  }
}
