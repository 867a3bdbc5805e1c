import { randomBytes } from 'node:crypto';
import { chown, mkdir, mkdtemp, open, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InfrastructureError } from '@vaultstream/contracts';
import { majorOf, type Binaries } from './binaries.ts';
import type { ClusterHome } from './cluster-home.ts';
import { run } from './run.ts';

/** The database's superuser, and the name of the product's database. */
export const databaseUser = 'vaultstream';

const stagingPrefix = 'postgres-init-';

/** Postgres' own C.UTF-8: not every system has a locale of that name (macOS has none), and theirs differ. */
const localeSettings = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];

/** The cluster's password, which only the user who starts VaultStream can read; null before the first start. */
export async function readPassword(dataDir: string): Promise<string | null> {
  return readFile(passwordFile(dataDir), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
}

function passwordFile(dataDir: string): string {
  return join(dataDir, 'postgres-password');
}

/**
 * Makes the cluster on the first start; checks on every other that it is ours to run.
 *
 * initdb works in a staging folder that gets its final name in one step, so that what was killed half-way is never taken for a cluster.
 * @returns The password.
 * @throws InfrastructureError for a cluster of another user or another major version, or one whose password is lost.
 */
export async function ensureCluster(dataDir: string, place: ClusterHome, binaries: Binaries): Promise<string> {
  const { home, cluster } = place;
  for (const name of await readdir(home))
    if (name.startsWith(stagingPrefix)) await rm(join(home, name), { recursive: true, force: true, maxRetries: 5 });

  const known = await readPassword(dataDir);
  if (await exists(cluster)) {
    await checkOwner(place);
    await checkVersion(dataDir, cluster, binaries);
    if (known === null)
      throw new InfrastructureError(
        `The password of the database in ${dataDir} is missing: bring ${passwordFile(dataDir)} back from your backup.`,
      );
    return known;
  }
  const password = known ?? (await makePassword(dataDir));
  await initialize(place, binaries, password);
  return password;
}

/** Written before the cluster exists, so that no crash leaves a cluster without its password. */
async function makePassword(dataDir: string): Promise<string> {
  const password = randomBytes(24).toString('hex');
  const draft = `${passwordFile(dataDir)}.new`;
  await writeFile(draft, password, { mode: 0o600, flush: true });
  await rename(draft, passwordFile(dataDir));
  return password;
}

async function initialize({ home, cluster, user }: ClusterHome, binaries: Binaries, password: string): Promise<void> {
  const staging = await mkdtemp(join(home, stagingPrefix));
  try {
    const draft = join(staging, 'cluster');
    const passwordForInit = join(staging, 'password');
    await mkdir(draft, { mode: 0o700 });
    await writeFile(passwordForInit, password, { mode: 0o600 });
    if (user) for (const path of [passwordForInit, draft, staging]) await chown(path, user.uid, user.gid);
    const settings = [...localeSettings, '--auth=scram-sha-256', `--username=${databaseUser}`];
    const program = join(binaries.root, 'bin', 'initdb');
    await run(program, [...settings, `--pwfile=${passwordForInit}`, `--pgdata=${draft}`], staging, user);
    await rename(draft, cluster);
    await syncFolder(home);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}

async function checkOwner({ cluster, user }: ClusterHome): Promise<void> {
  const { uid } = await stat(cluster);
  const runsAs = user?.uid ?? process.getuid?.();
  if (uid !== runsAs)
    throw new InfrastructureError(
      `The database in ${cluster} belongs to user ${uid}, but it would run as user ${runsAs}: start VaultStream as that user, or run chown -R ${runsAs} ${cluster}.`,
    );
}

async function checkVersion(dataDir: string, cluster: string, binaries: Binaries): Promise<void> {
  const theirs = (await readFile(join(cluster, 'PG_VERSION'), 'utf8').catch(() => '')).trim();
  const ours = majorOf(binaries);
  if (theirs === '')
    throw new InfrastructureError(`${cluster} is in the way: it is not a Postgres cluster. Move it elsewhere.`);
  if (theirs !== ours)
    throw new InfrastructureError(
      `The database in ${dataDir} was made by Postgres ${theirs}, but this VaultStream brings ${ours}: move it by a backup: npm run backup with the version that made it, then npm run restore -- --from <backup> --replace with this one. ` +
        `The newest nightly backup serves as well (BACKUP_DIR, else ${join(dataDir, 'backups')}).`,
    );
}

/** Makes a rename survive a power cut. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
