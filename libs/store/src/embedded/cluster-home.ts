import { createHash } from 'node:crypto';
import { lstat, mkdir, readlink, realpath, rename, stat, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { InfrastructureError } from '@vaultstream/contracts';
import type { Logger } from '@vaultstream/runtime';
import { canPass, serviceUser, type ServiceUser } from './service-user.ts';

/** Where the files of one data directory's database live, and who owns them. */
export interface ClusterHome {
  /** Folder that holds `postgres` (the cluster) and, where one is needed, `postgres-bin`. */
  home: string;
  cluster: string;
  user: ServiceUser | null;
  /** True when `home` is not the data directory itself. */
  elsewhere: boolean;
}

/** Homes of databases whose data directory the service user cannot reach, such as one below /root. */
const elsewhereRoot = '/var/lib/vaultstream';

/**
 * Decides where the cluster lives: `<dataDir>/postgres`. Only as root, and only when the unprivileged service user cannot pass through
 * to the data directory, it lives in /var/lib/vaultstream/<hash of the data directory>, and `<dataDir>/postgres` is a symbolic link there.
 * @param dataDir Exists.
 * @param hasPassword Whether the data directory knows a cluster's password; a cluster elsewhere without one is a left-over.
 * @throws InfrastructureError when the link leads nowhere: the cluster was lost, and a new empty one would hide that.
 */
export async function findHome(dataDir: string, hasPassword: boolean, logger: Logger): Promise<ClusterHome> {
  const real = await realpath(dataDir);
  const inside = join(real, 'postgres');
  const there = await lstat(inside).catch(() => null);
  if (there?.isSymbolicLink()) {
    const cluster = await readlink(inside);
    if (!(await stat(cluster).catch(() => null)))
      throw new InfrastructureError(
        `The database of ${dataDir} should be in ${cluster}, but is not there: bring it back, or remove the link ${inside} to begin anew.`,
      );
    return { home: dirname(cluster), cluster, user: await serviceUser(cluster), elsewhere: true };
  }
  const user = await serviceUser(inside);
  if (there || (await canPass(real, user))) return { home: real, cluster: inside, user, elsewhere: false };

  const home = join(elsewhereRoot, createHash('sha256').update(real).digest('hex').slice(0, 16));
  const cluster = join(home, 'postgres');
  await mkdir(home, { recursive: true, mode: 0o711 });
  if (!hasPassword && (await stat(cluster).catch(() => null))) {
    const aside = `${cluster}-of-a-removed-data-directory-${Date.now()}`;
    await rename(cluster, aside);
    logger.warn({ aside }, 'found the database of a data directory that is gone; put it aside');
  }
  return { home, cluster, user: await serviceUser(cluster), elsewhere: true };
}

/** Leaves the link in the data directory once the cluster exists. */
export async function recordHome(dataDir: string, place: ClusterHome): Promise<void> {
  if (!place.elsewhere) return;
  await symlink(place.cluster, join(dataDir, 'postgres')).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
}
