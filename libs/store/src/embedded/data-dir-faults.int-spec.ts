import { chmod, chown, lstat, mkdir, readlink, rm, stat, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { tempDir } from '@vaultstream/testing';
import { quiet } from '../../test/embedded/quiet.ts';
import { Child } from '../../test/embedded/support.ts';
import { EmbeddedPostgres } from './embedded-postgres.ts';
import { canRead } from './service-user.ts';
import { stopLeftover } from './stop-leftover.ts';

const isRoot = process.getuid?.() === 0;
/** The unprivileged user of the tests: `nobody`. Only root can become it, and only where it can read the workspace. */
const nobody = { uid: 65_534, gid: 65_534 };
const canBecomeNobody = isRoot && (await canRead(import.meta.filename, nobody));
const asRoot = isRoot ? it : it.skip;
const asNobody = canBecomeNobody ? it : it.skip;

jest.setTimeout(60_000); // each test starts several servers, beside others on the same machine

let folder: Awaited<ReturnType<typeof tempDir>>;
let dataDir: string;

beforeEach(async () => {
  folder = await tempDir();
  dataDir = join(folder.path, 'data');
  await mkdir(dataDir);
});
afterEach(async () => {
  await stopLeftover(dataDir, quiet).catch(() => false);
  await folder.remove();
});

const start = () => EmbeddedPostgres.start({ dataDir, logger: quiet });

describe('a data directory that cannot be used, in one clear line', () => {
  it('full disk', async () => {
    // A write to /dev/full fails as on a full disk. The password's draft is the first file that is written.
    await symlink('/dev/full', join(dataDir, 'postgres-password.new'));
    await expect(start()).rejects.toMatchObject({
      name: 'InfrastructureError',
      message: `The disk of the data directory ${dataDir} is full: make room and start again; nothing is lost.`,
    });
    await rm(join(dataDir, 'postgres-password.new'));
    await (await start()).stop();
  });

  (isRoot ? asNobody : it)('read-only', async () => {
    await chmod(dataDir, 0o555);
    const child = new Child('postgres', dataDir, isRoot ? nobody.uid : undefined);
    expect(await child.said).toEqual({
      ok: false,
      name: 'InfrastructureError',
      message: `The data directory ${dataDir} cannot be written by this user: change its owner or mode, or set DATA_DIR to another directory.`,
    });
    await child.exited();
  });

  it('a file in its place', async () => {
    await rm(dataDir, { recursive: true });
    await symlink('/dev/null', dataDir);
    await expect(start()).rejects.toThrow(`The data directory ${dataDir} cannot be made: a file stands in its way.`);
    await rm(dataDir);
  });

  asNobody('the cluster of another user', async () => {
    await (await start()).stop();
    await chown(dataDir, nobody.uid, nobody.gid);
    await chown(join(dataDir, 'lock'), nobody.uid, nobody.gid);
    await chown(join(dataDir, 'postgres-password'), nobody.uid, nobody.gid);
    await chown(join(dataDir, 'postgres'), 4_242, 4_242);
    const child = new Child('postgres', dataDir, nobody.uid);
    expect(await child.said).toMatchObject({
      ok: false,
      message: expect.stringMatching(/belongs to user 4242, but it would run as user 65534/),
    });
    await child.exited();
  });
});

describe('users', () => {
  asNobody('an unprivileged user runs Postgres as itself', async () => {
    await chown(dataDir, nobody.uid, nobody.gid);
    const child = new Child('postgres', dataDir, nobody.uid);
    const { pid } = await child.up();
    expect((await stat(`/proc/${pid}`)).uid).toBe(nobody.uid);
    await child.end();
  });

  asRoot('root runs it as an unprivileged user, in the data directory where that user can get there', async () => {
    const postgres = await start();
    expect((await stat(`/proc/${postgres.pid}`)).uid).not.toBe(0);
    expect((await lstat(join(dataDir, 'postgres'))).isDirectory()).toBe(true);
    await postgres.stop();
  });

  asRoot(
    'below a 0700 home the cluster lives elsewhere, is found again, and is never silently begun anew',
    async () => {
      await chmod(folder.path, 0o700);
      const postgres = await start();
      await postgres.stop();
      const cluster = await readlink(join(dataDir, 'postgres'));
      try {
        expect(cluster).toMatch(/^\/var\/lib\/vaultstream\/[0-9a-f]{16}\/postgres$/);
        await (await start()).stop();
        await rm(cluster, { recursive: true });
        await expect(start()).rejects.toThrow(/should be in .*, but is not there/);
      } finally {
        await rm(dirname(cluster), { recursive: true, force: true });
      }
    },
  );
});
