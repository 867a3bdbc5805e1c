import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** The system user that the database runs as. */
export interface ServiceUser {
  uid: number;
  gid: number;
}

/**
 * Postgres refuses to run as root. Answers null when we are not root (it runs as ourselves), else the user to run it as: the owner
 * of an existing cluster, or `postgres`, or `nobody`.
 * @param cluster Folder of the cluster, which may not exist yet.
 */
export async function serviceUser(cluster: string): Promise<ServiceUser | null> {
  if (process.getuid?.() !== 0) return null;
  const owner = await stat(cluster).catch(() => null);
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  const users = (await readFile('/etc/passwd', 'utf8').catch(() => '')).split('\n').map((line) => line.split(':'));
  for (const name of ['postgres', '_postgres', 'nobody']) {
    const entry = users.find((fields) => fields[0] === name);
    // macOS writes nobody's id as -2.
    if (entry) return { uid: Number(entry[2]) >>> 0, gid: Number(entry[3]) >>> 0 };
  }
  return { uid: 65_534, gid: 65_534 };
}

/** Whether `user` may pass through `folder` and all folders above it. Null is ourselves: true. */
export async function canPass(folder: string, user: ServiceUser | null): Promise<boolean> {
  if (user === null) return true;
  if (!(await allows(folder, user, 1))) return false;
  return folder === dirname(folder) || canPass(dirname(folder), user);
}

/** Whether `user` may read the file `path`, the folders above it included. Null is ourselves: true. */
export async function canRead(path: string, user: ServiceUser | null): Promise<boolean> {
  return user === null || ((await allows(path, user, 4)) && canPass(dirname(path), user));
}

/** @param bit 4 to read, 1 to pass or run. */
async function allows(path: string, user: ServiceUser, bit: 1 | 4): Promise<boolean> {
  const { mode, uid, gid } = await stat(path);
  const shift = uid === user.uid ? 6 : gid === user.gid ? 3 : 0;
  return ((mode >> shift) & bit) === bit;
}
