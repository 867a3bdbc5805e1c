import { link, readFile, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { join, resolve } from 'node:path';
import { Conflict } from '@vaultstream/contracts';
import { explain } from './explain.ts';
import { makeFolders } from './make-folders.ts';
import { startTimeOf } from './process-info.ts';

interface Holder {
  pid: number;
  /** `startTimeOf` the holder: a recycled pid is not the holder. */
  started: string;
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

/**
 * One running VaultStream per data directory.
 *
 * The folder `<dataDir>/lock` holds numbered files; the highest number is the lock, its content names the holder. A file appears with
 * its content in one step (`link`), so a half-written lock is never seen. A lock is stale when its holder is gone; it is taken over by
 * making the next number, which only one of several contenders can do. The highest number is never deleted, only emptied on release:
 * a slow contender that decided on old news finds a higher number afterwards and gives way.
 *
 * It knows the processes of one machine (one pid namespace): two containers on one volume are not told apart.
 */
export class DataDirLock {
  readonly dataDir: string;
  readonly #file: string;

  private constructor(dataDir: string, file: string) {
    this.dataDir = dataDir;
    this.#file = file;
  }

  /**
   * Takes the lock, or takes a stale one over.
   * @param dataDir Made if it is missing.
   * @throws Conflict naming the pid of the live holder; InfrastructureError when the directory cannot be written.
   */
  static async acquire(dataDir: string): Promise<DataDirLock> {
    const folder = join(dataDir, 'lock');
    const started = startTimeOf(process.pid);
    if (started === null) throw new Error('this process is not in its own process table');
    try {
      await makeFolders(resolve(dataDir), dataDirMode());
      await makeFolders(resolve(folder), 0o700);
      for (;;) {
        const file = await tryAcquire(folder, { pid: process.pid, started }, dataDir);
        if (file) return new DataDirLock(dataDir, file);
      }
    } catch (error) {
      throw explain(error, dataDir);
    }
  }

  /** Gives the lock back. Needs no disk space, and no directory either. */
  async release(): Promise<void> {
    await truncate(this.#file, 0).catch((error: unknown) => {
      if (codeOf(error) !== 'ENOENT') throw explain(error, this.dataDir);
    });
  }
}

/** Mode of a new data directory: as root others may pass through (the database's user must), but not look. */
function dataDirMode(): number {
  return process.getuid?.() === 0 ? 0o711 : 0o700;
}

/** Answers our lock file, or null when another contender was quicker and it is time to look again. */
async function tryAcquire(folder: string, me: Holder, dataDir: string): Promise<string | null> {
  const last = await highest(folder);
  const holder = last === 0 ? null : await holderOf(join(folder, String(last)));
  if (holder && startTimeOf(holder.pid) === holder.started)
    throw new Conflict(
      `The data directory ${dataDir} is in use by another VaultStream, process ${holder.pid}: stop it first, or set DATA_DIR to another directory.`,
    );
  const draft = join(folder, `new-${randomUUID()}`);
  const mine = join(folder, String(last + 1));
  try {
    await writeFile(draft, JSON.stringify(me), { mode: 0o600 });
    await link(draft, mine);
  } catch (error) {
    if (codeOf(error) === 'EEXIST' || codeOf(error) === 'ENOENT') return null;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
  if ((await highest(folder)) !== last + 1) {
    await rm(mine, { force: true });
    return null;
  }
  for (const name of await readdir(folder))
    if (join(folder, name) !== mine && !(Number(name) > last + 1)) await rm(join(folder, name), { force: true });
  return mine;
}

async function highest(folder: string): Promise<number> {
  const numbers = (await readdir(folder)).map(Number).filter((number) => Number.isSafeInteger(number));
  return Math.max(0, ...numbers);
}

/** Null for a released lock. */
async function holderOf(file: string): Promise<Holder | null> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    const { pid, started } = value as Partial<Holder>;
    return typeof pid === 'number' && typeof started === 'string' ? { pid, started } : null;
  } catch {
    return null;
  }
}
