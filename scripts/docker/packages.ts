import { accessSync, constants, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { attempt } from './command.ts';

/** `env_file` with `required: false` came with it. */
const oldestCompose = [2, 24];

/** Whether all of these are on the PATH. */
export function hasCommand(...names: string[]): boolean {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return names.every((name) => folders.some((folder) => isProgram(join(folder, name))));
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Somebody else's apt may be at work: it is waited for. */
const apt = (args: readonly string[], cwd?: string) =>
  attempt('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=300', ...args], {
    // RUNLEVEL=1 keeps the package's scripts from starting a service.
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
    ...(cwd !== undefined && { cwd }),
  });

/** Installs Debian packages. False when that is not possible here. For root. */
export async function installPackages(names: readonly string[], say: (line: string) => void): Promise<boolean> {
  if (!hasCommand('apt-get')) return false;
  say(`installing ${names.join(', ')} ...`);
  const install = async () => (await apt(['install', '-y', '--no-install-recommends', ...names])).code === 0;
  return (await install()) || ((await apt(['update'])).code === 0 && (await install()));
}

/** Compose that is installed and new enough, as a command; null where there is none. */
export async function findCompose(...more: string[]): Promise<readonly string[] | null> {
  for (const command of [['docker', 'compose'], ['docker-compose'], ...more.map((path) => [path])]) {
    const [program = '', ...args] = command;
    const { code, stdout } = await attempt(program, [...args, 'version', '--short'], { timeoutMs: 20_000 });
    const [major = 0, minor = 0] = stdout.trim().replace(/^v/, '').split('.').map(Number);
    const [oldMajor = 0, oldMinor = 0] = oldestCompose;
    if (code === 0 && (major > oldMajor || (major === oldMajor && minor >= oldMinor))) return command;
  }
  return null;
}

/** Debian's mirror that this machine uses, by its own lists; null where it is not Debian. */
export async function debianMirror(): Promise<string | null> {
  const { stdout } = await attempt('apt-cache', ['policy']);
  return /(https?:\/\/\S+) (?:bookworm|trixie)\/main/.exec(stdout)?.[1] ?? null;
}

/**
 * Compose 2 as one static file, out of the package of Debian 13: that of Debian 12 is Compose 1. Nothing is installed.
 * @param folder where it is kept @returns its command, or null where it cannot be had
 */
export async function installCompose(folder: string, say: (line: string) => void): Promise<readonly string[] | null> {
  const home = join(folder, 'compose');
  const program = join(home, 'usr/libexec/docker/cli-plugins/docker-compose');
  const found = await findCompose(program);
  const mirror = found === null ? await debianMirror() : null;
  if (found !== null || mirror === null) return found;
  say('getting Docker Compose from Debian 13 ...');
  mkdirSync(join(home, 'lists/partial'), { recursive: true });
  const list = join(home, 'trixie.list');
  writeFileSync(list, `deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${mirror} trixie main\n`);
  const only = [`Dir::Etc::SourceList=${list}`, 'Dir::Etc::SourceParts=/dev/null', `Dir::State::Lists=${home}/lists`];
  const options = only.flatMap((option) => ['-o', option]);
  await apt([...options, 'update'], home);
  await apt([...options, 'download', 'docker-compose'], home);
  const file = readdirSync(home).find((name) => name.endsWith('.deb'));
  if (file !== undefined) await attempt('dpkg', ['-x', file, '.'], { cwd: home });
  return findCompose(program);
}
