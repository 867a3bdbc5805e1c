import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { JobKind } from './job-kind.ts';

/** The user of children when we are root. No account has it, so there is nothing that it owns; nobody's files may be the database's. */
const strangersUser = { uid: 65_533, gid: 65_533 };

/** How a child of this kind is started. */
export interface Confinement {
  execArgv: string[];
  /** Whom it runs as; ourselves where there is none. */
  user?: { uid: number; gid: number };
}

/**
 * A child reads the program and its libraries and nothing else, writes nothing, starts no process or thread, and makes no code from texts.
 * As root it also is another user, where root may change the user and that one can read the program: native code is not bound by Node's
 * permissions.
 */
export function confine({ entry, limits, addons }: JobKind): Confinement {
  const path = fileURLToPath(entry);
  const root = installFolder(path);
  // Not the whole folder: DATA_DIR and .env may be in it.
  const readable = ['libs', 'apps', 'node_modules']
    .map((name) => join(root, name))
    .filter((folder) => existsSync(folder));
  const execArgv = [
    `--max-old-space-size=${limits.heapMb}`,
    '--permission',
    ...readable.map((folder) => `--allow-fs-read=${folder}`),
    ...(addons ? ['--allow-addons', '--disable-warning=SecurityWarning'] : ['--disallow-code-generation-from-strings']),
    // The sources, in tests: whatever they import of the workspace is meant as sources too.
    ...(path.endsWith('.ts') ? ['--conditions=source', '--disable-warning=ExperimentalWarning'] : []),
  ];
  return isOpen(path) && mayChangeUser() ? { execArgv, user: strangersUser } : { execArgv };
}

let changesUser: boolean | undefined;

/** True for a root that may become another user, who can start Node; asked once. A container may have taken that from its root. */
function mayChangeUser(): boolean {
  if (process.getuid?.() !== 0) return false;
  changesUser ??=
    spawnSync(process.execPath, ['--version'], { ...strangersUser, stdio: 'ignore', env: {} }).status === 0;
  return changesUser;
}

/** The nearest folder above the program that has its libraries. */
function installFolder(path: string): string {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'node_modules'))) return folder;
    if (folder === dirname(folder)) return dirname(path);
  }
}

/** True for a file that everybody may read, in folders that everybody may pass. */
function isOpen(path: string): boolean {
  if ((statSync(path).mode & 0o004) === 0) return false;
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if ((statSync(folder).mode & 0o001) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}
