import { chmod, lstat, mkdir, readFile, readlink, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { tempDir } from '@vaultstream/testing';
import { findBinaries, prepareBinaries, type Binaries } from './binaries.ts';

let folder: Awaited<ReturnType<typeof tempDir>>;
let found: Binaries;
const user = { uid: 4_242, gid: 4_242 };

/** An install as npm leaves it when it may not run the package's script: no symbolic links. */
beforeEach(async () => {
  folder = await tempDir();
  found = { root: join(folder.path, 'package', 'native'), version: '18.4.0' };
  for (const path of ['bin', 'lib/postgresql', 'share/postgresql'])
    await mkdir(join(found.root, path), { recursive: true });
  await writeFile(join(found.root, 'bin/postgres'), 'program', { mode: 0o755 });
  await writeFile(join(found.root, 'lib/libpq.so.5.18'), 'library');
  await writeFile(join(found.root, 'lib/libpq.a'), 'static library');
  await writeFile(join(found.root, 'share/postgresql/postgres.bki'), 'catalog');
  const links = [{ source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' }];
  await writeFile(join(found.root, 'pg-symlinks.json'), JSON.stringify(links));
});
afterEach(() => folder.remove());

describe('binaries', () => {
  it('are found for this platform', async () => {
    const { root, version } = await findBinaries();
    expect((await stat(join(root, 'bin/postgres'))).mode & 0o111).not.toBe(0);
    expect(version).toMatch(/^\d+\./);
  });

  it.each([
    ['win32', 'x64', /does not run on win32.*DATABASE_URL/],
    ['linux', 'mips', /no embedded Postgres for linux on mips.*DATABASE_URL/],
  ])('are refused in one line on %s %s', async (platform, arch, line) => {
    await expect(findBinaries(platform, arch)).rejects.toThrow(line);
  });

  it('are used in place, with the missing links made', async () => {
    expect(await prepareBinaries(found, folder.path, user)).toEqual(found);
    expect(await readlink(join(found.root, 'lib/libpq.so.5'))).toBe('libpq.so.5.18');
  });

  it('are copied, complete and readable, when the service user cannot reach them', async () => {
    await chmod(join(folder.path, 'package'), 0o700);
    const home = join(folder.path, 'home');
    await mkdir(home);
    for (let twice = 0; twice < 2; twice++) {
      const copy = await prepareBinaries(found, home, user);
      expect(copy.root).toBe(join(home, 'postgres-bin', '18.4.0'));
      expect(await readFile(join(copy.root, 'lib/libpq.so.5'), 'utf8')).toBe('library');
      expect((await stat(join(copy.root, 'bin/postgres'))).mode & 0o777).toBe(0o755);
      await expect(lstat(join(copy.root, 'lib/libpq.a'))).rejects.toMatchObject({ code: 'ENOENT' });
    }
  });
});
