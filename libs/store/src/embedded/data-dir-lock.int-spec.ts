import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { tempDir } from '@vaultstream/testing';
import { Child } from '../../test/embedded/support.ts';
import { DataDirLock } from './data-dir-lock.ts';
import { startTimeOf } from './process-info.ts';

let folder: Awaited<ReturnType<typeof tempDir>>;
let dataDir: string;

beforeEach(async () => {
  folder = await tempDir();
  dataDir = join(folder.path, 'data');
});
afterEach(() => folder.remove());

/** Leaves a lock as a process would that ended without releasing it. */
async function leave(holder: { pid: number; started: string }): Promise<void> {
  await mkdir(join(dataDir, 'lock'), { recursive: true });
  await writeFile(join(dataDir, 'lock', '7'), JSON.stringify(holder));
}

async function wins(contenders: Promise<unknown>[]): Promise<number> {
  return (await Promise.allSettled(contenders)).filter(({ status }) => status === 'fulfilled').length;
}

describe('DataDirLock', () => {
  it('is held by one, and free again after release', async () => {
    const lock = await DataDirLock.acquire(dataDir);
    await expect(DataDirLock.acquire(dataDir)).rejects.toMatchObject({
      name: 'Conflict',
      message: expect.stringMatching(
        new RegExp(`^The data directory .* is in use by .* process ${process.pid}:[^\\n]*$`),
      ),
    });
    await lock.release();
    await (await DataDirLock.acquire(dataDir)).release();
    expect(await readdir(join(dataDir, 'lock'))).toHaveLength(1);
  });

  it('is taken over from a process that was killed', async () => {
    const victim = new Child('lock', dataDir);
    victim.go();
    expect(await victim.said).toEqual({ ok: true });
    await expect(DataDirLock.acquire(dataDir)).rejects.toThrow(`process ${victim.process.pid}`);
    await victim.kill();
    await (await DataDirLock.acquire(dataDir)).release();
  });

  it('is taken over when its pid belongs to a younger process', async () => {
    await leave({ pid: process.pid, started: `${startTimeOf(process.pid)}0` });
    await (await DataDirLock.acquire(dataDir)).release();
  });

  it('is taken over when its content makes no sense', async () => {
    await mkdir(join(dataDir, 'lock'), { recursive: true });
    await writeFile(join(dataDir, 'lock', '3'), '{"pid":');
    await (await DataDirLock.acquire(dataDir)).release();
  });

  // mkdir answers ENOENT below /proc, where Node's recursive mkdir tries for ever.
  (process.platform === 'linux' ? it : it.skip)('says within a second that a folder cannot be made', async () => {
    const began = performance.now();
    await expect(DataDirLock.acquire('/proc/nowhere/data')).rejects.toMatchObject({
      name: 'InfrastructureError',
      message: expect.stringMatching(/^The data directory \/proc\/nowhere\/data cannot be made: [^\n]*$/),
    });
    expect(performance.now() - began).toBeLessThan(1_000);
  });

  it('goes to exactly one of many who start at once, fresh or stale', async () => {
    for (const stale of [false, true, true, true]) {
      if (stale) await leave({ pid: process.pid, started: 'long ago' });
      expect(await wins(Array.from({ length: 24 }, () => DataDirLock.acquire(dataDir)))).toBe(1);
      await rm(dataDir, { recursive: true });
    }
  });

  it('goes to exactly one of several processes', async () => {
    await leave({ pid: process.pid, started: 'long ago' });
    const children = Array.from({ length: 4 }, () => new Child('lock', dataDir));
    for (const child of children) child.go();
    const said = await Promise.all(children.map((child) => child.said));
    await Promise.all(children.map((child) => child.end()));
    expect(said.filter(({ ok }) => ok)).toHaveLength(1);
  });

  it('can be released when the data directory is gone', async () => {
    const lock = await DataDirLock.acquire(dataDir);
    await rm(dataDir, { recursive: true });
    await expect(lock.release()).resolves.toBeUndefined();
  });
});
