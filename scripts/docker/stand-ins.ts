import { createHash } from 'node:crypto';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { ensureMinio } from '../lib/services.mjs';
import { pinnedNode } from '../lib/workspace.mjs';
import { attempt, run } from './command.ts';
import { cacheFolder, docker, type Engine } from './engine.ts';
import { debianMirror, hasCommand, installPackages } from './packages.ts';

/** Repositories for which there is a stand-in, and its target in stand-ins/Dockerfile. */
const targets: Readonly<Record<string, string>> = {
  node: 'node',
  postgres: 'postgres',
  redis: 'redis',
  haproxy: 'haproxy',
  'prom/prometheus': 'prometheus',
  'minio/minio': 'minio',
};
/** The label that tells a stand-in from what its name says: what it was made of. */
const label = 'vaultstream.stand-in';
const folder = join(import.meta.dirname, 'stand-ins');
const base = 'debian:trixie-slim';
/** Milliseconds for the pull of one image. */
const pullMs = 300_000;

/** What there is of the images that were asked for. */
export interface Images {
  /** Official ones. */
  official: string[];
  /** Made here of Debian's packages, under the official name. */
  standIns: string[];
  /** Neither to be pulled nor to be made. */
  missing: string[];
}

/**
 * Sees to it that images are there: pulled, where their registry can be reached, else a stand-in made of Debian's packages.
 * @param names with tags, such as `postgres:17`
 */
export async function ensureImages(
  engine: Engine,
  names: readonly string[],
  say: (line: string) => void,
): Promise<Images> {
  const images: Images = { official: [], standIns: [], missing: [] };
  const wanted: string[] = [];
  for (const name of names) {
    const found = await kindOf(engine, name);
    if (found === 'none' && (await pull(engine, name, say))) images.official.push(name);
    else if (found === 'none') wanted.push(name);
    else images[found].push(name);
  }
  const possible = wanted.filter((name) => targets[repository(name)] !== undefined);
  if (possible.length > 0 && (await ensureBase(engine, say))) await build(engine, possible, say);
  for (const name of wanted) images[(await kindOf(engine, name)) === 'none' ? 'missing' : 'standIns'].push(name);
  return images;
}

const repository = (name: string) => name.replace(/:[^/]*$/, '');

async function kindOf(engine: Engine, name: string): Promise<'official' | 'standIns' | 'none'> {
  const format = `{{index .Config.Labels "${label}"}}`;
  const { code, stdout } = await attempt('docker', ['image', 'inspect', '--format', format, name], { env: engine.env });
  if (code !== 0) return 'none';
  const made = stdout.trim();
  if (made === '') return 'official';
  return made === version() || name === base ? 'standIns' : 'none';
}

/** Of the files that stand-ins are made of: one of an earlier version is made anew. */
function version(): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(folder).sort()) hash.update(name).update(readFileSync(join(folder, name)));
  return hash.digest('hex').slice(0, 16);
}

async function pull(engine: Engine, name: string, say: (line: string) => void): Promise<boolean> {
  const { code } = await attempt('docker', ['pull', '--quiet', name], { env: engine.env, timeoutMs: pullMs });
  say(code === 0 ? `pulled ${name}` : `${name} cannot be pulled`);
  return code === 0;
}

/** The smallest Debian, bootstrapped. False where that is not possible. */
async function ensureBase(engine: Engine, say: (line: string) => void): Promise<boolean> {
  if ((await kindOf(engine, base)) !== 'none' || (await pull(engine, base, say))) return true;
  const mirror = await debianMirror();
  if (process.getuid?.() !== 0 || mirror === null) return false;
  if (!hasCommand('debootstrap') && !(await installPackages(['debootstrap'], say))) return false;
  say(`bootstrapping ${base} ...`);
  const [root, archive] = [join(cacheFolder, 'trixie'), join(cacheFolder, 'trixie.tar')];
  // What a killed run has left is no base.
  rmSync(root, { recursive: true, force: true });
  await run('debootstrap', ['--variant=minbase', '--include=ca-certificates', 'trixie', root, mirror]);
  await run('tar', ['-C', root, '-cf', archive, '.']);
  rmSync(root, { recursive: true, force: true });
  await docker(engine, ['import', '--change', 'CMD ["bash"]', '--change', `LABEL ${label}=base`, archive, base]);
  rmSync(archive);
  return true;
}

/** Builds all stand-ins together: they share most of their layers. */
async function build(engine: Engine, names: readonly string[], say: (line: string) => void): Promise<void> {
  say(`making stand-ins for ${names.join(', ')} ...`);
  const context = join(cacheFolder, 'stand-ins');
  const withMinio = await fillContext(context);
  const services = names
    .map((image) => ({ image, target: targets[repository(image)] }))
    .filter(({ target }) => withMinio || target !== 'minio')
    .map(({ image, target }) => [
      String(target),
      { image, build: { context, target, labels: { [label]: version() } } },
    ]);
  const file = join(context, 'compose.json');
  writeFileSync(file, JSON.stringify({ name: 'vaultstream-stand-ins', services: Object.fromEntries(services) }));
  const [program = '', ...args] = engine.compose;
  await run(program, [...args, '--file', file, 'build'], { env: engine.env });
}

/** Copies what the stand-ins are made of. False when there is no MinIO. */
async function fillContext(context: string): Promise<boolean> {
  rmSync(context, { recursive: true, force: true });
  mkdirSync(context, { recursive: true });
  cpSync(folder, context, { recursive: true });
  copyFileSync(realpathSync(pinnedNode()), join(context, 'node'));
  const npm = realpathSync(await run('sh', ['-c', 'command -v npm']));
  cpSync(dirname(dirname(npm)), join(context, 'npm'), { recursive: true });
  // The registry and nothing else of npm's settings: others may be secret.
  const registry = new URL(await run('npm', ['config', 'get', 'registry'], { cwd: context }));
  [registry.username, registry.password] = ['', ''];
  writeFileSync(join(context, 'npmrc'), `registry=${registry.href}\n`);
  const authorities = ['/etc/ssl/certs/ca-certificates.crt', process.env['NODE_EXTRA_CA_CERTS'] ?? ''];
  const files = [...new Set(authorities)].filter((file) => file !== '' && existsSync(file));
  writeFileSync(join(context, 'ca.crt'), files.map((file) => readFileSync(file, 'utf8')).join('\n'));
  const minio = ensureMinio();
  if (minio !== null) copyFileSync(realpathSync(minio), join(context, 'minio'));
  return minio !== null;
}
