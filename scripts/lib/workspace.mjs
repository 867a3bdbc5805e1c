/**
 * What every script needs before it can do its work: dependencies that match the lock file, a generated Prisma client, compiled
 * projects. Each step is skipped when its inputs have not changed. Runs on Node 20 without any dependency, because on a fresh
 * machine there is none.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { become, endWithParent } from './processes.mjs';
import { trimPackages } from './trim.mjs';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** The pinned Node of the workspace; the running one until it is installed. */
export const pinnedNode = () => {
  const pinned = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  return existsSync(pinned) ? pinned : process.execPath;
};

/** Environment in which `node` and every installed command are the workspace's own. */
export const workspaceEnv = (extra = {}) => ({
  ...process.env,
  PATH: `${dirname(pinnedNode())}:${join(root, 'node_modules', '.bin')}:${process.env.PATH}`,
  NX_DAEMON: 'false',
  // Prisma would download a schema engine that `generate` does not need.
  PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
  PRISMA_HIDE_UPDATE_MESSAGE: '1',
  ...extra,
});

/** Arguments that let Node read `.env`, where there is one: Node itself would remark on its absence. */
export const envFile = () => (existsSync('.env') ? ['--env-file=.env'] : []);

/**
 * Reads what was given after `npm run <name> --`. Ends the process with the usage for what nobody knows (2) and for `--help` (0).
 * @param flags names of switches, such as `keep` @returns which of them are set
 */
export function readFlags(usage, flags = []) {
  const options = Object.fromEntries(['help', ...flags].map((name) => [name, { type: 'boolean' }]));
  try {
    const { values } = parseArgs({ options });
    if (!values.help) return values;
    console.log(usage);
  } catch (error) {
    console.error(`${error.message.split('. ')[0]}\n\n${usage}`);
    process.exit(2);
  }
  return process.exit(0);
}

/** Ends with the usage for `--help`. For scripts whose other arguments are read elsewhere; call it before anything is installed. */
export function helpIfAsked(usage) {
  if (!process.argv.slice(2).some((argument) => argument === '--help' || argument === '-h')) return;
  console.log(usage);
  process.exit(0);
}

/** Runs a command in the workspace's root, its output on our stderr. Exits with its code when it fails. */
export function run(command, args, options = {}) {
  const done = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2], env: workspaceEnv(), ...options });
  if (done.status !== 0) {
    console.error(`\n${command} ${args.join(' ')} failed${done.error ? `: ${done.error.message}` : ''}`);
    process.exit(done.status ?? 1);
  }
}

const stampFile = (name) => join(root, 'node_modules', '.cache', 'vaultstream', `${name}.stamp`);
const readStamp = (name) => (existsSync(stampFile(name)) ? readFileSync(stampFile(name), 'utf8') : '');
function writeStamp(name, value) {
  mkdirSync(dirname(stampFile(name)), { recursive: true });
  writeFileSync(stampFile(name), value);
}

/** SHA-256 over names, sizes and times of files: cheap enough for every start (about 10 ms for the whole workspace). */
function fingerprint(paths) {
  const hash = createHash('sha256');
  const visit = (path) => {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (!stat) return;
    if (stat.isDirectory()) {
      for (const name of readdirSync(path).sort())
        if (name !== 'dist' && name !== 'node_modules') visit(join(path, name));
    } else hash.update(`${path}:${stat.size}:${stat.mtimeMs}\n`);
  };
  for (const path of paths) visit(join(root, path));
  return hash.digest('hex');
}

/** The tools for developing are installed: the next install keeps them. */
const toolsMark = 'tools ';

/**
 * Installs what the lock file names, when it has changed or was never installed: what the product needs to be built and run, and the
 * tools that test and check it where they are wanted or were there before. Ends the process with one line when that fails.
 * @param options.tools true for a script that needs devDependencies
 */
export function ensureInstalled({ tools = false } = {}) {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const stamp = readStamp('install');
  if (stamp !== `${toolsMark}${lock}` && (tools || stamp !== lock)) {
    // Also where someone ran npm by hand: what is there is not taken away.
    const withTools = tools || stamp.startsWith(toolsMark) || existsSync(join(root, 'node_modules', 'jest'));
    install(withTools ? [] : ['--omit=dev']);
    writeStamp('install', withTools ? `${toolsMark}${lock}` : lock);
  }
  requireNode();
}

function install(options) {
  console.error('installing dependencies (once; some minutes on a slow line) ...');
  // Not `npm ci`: it would remove everything first, `.cache` with what is already built included.
  // Its warnings are about the Node that runs npm here: what is installed runs under the pinned one.
  const args = ['install', '--no-save', '--no-fund', '--no-audit', '--prefer-offline', '--loglevel=error', ...options];
  run('npm', args, { env: { ...process.env, PRISMA_SKIP_POSTINSTALL_GENERATE: '1' } });
  trimPackages(join(root, 'node_modules'));
}

/** The pinned Node is optional: npm does not carry every version for every platform. Then the running one has to do. */
function requireNode() {
  if (pinnedNode() !== process.execPath || Number(process.versions.node.split('.')[0]) >= 24) return;
  console.error(
    `npm has no Node 24 for ${process.platform} on ${process.arch}: install Node 24 from https://nodejs.org; this is ${process.version}`,
  );
  process.exit(1);
}

/**
 * Goes on under the workspace's own Node when the script was started by another one, as on a machine where nothing was installed
 * yet. Call it right after `ensureInstalled`. From then on the script ends (SIGTERM) when the process that started it is gone.
 */
export async function continueUnderPinnedNode() {
  if (realpathSync(process.execPath) === realpathSync(pinnedNode())) return endWithParent();
  return become(pinnedNode(), process.argv.slice(1), workspaceEnv());
}

const generated = 'libs/store/src/generated';

/** Whether the Prisma client in the repository is that of this schema and this Prisma: both stand in it. */
function isGenerated() {
  const file = join(root, generated, 'internal/class.ts');
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const inline = (name) => JSON.parse(new RegExp(`^ {2}"${name}": (".*"),$`, 'm').exec(text)?.[1] ?? '""');
  const version = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).dependencies['@prisma/client'];
  const schema = readFileSync(join(root, 'prisma/schema.prisma'), 'utf8');
  // Prisma aligns the columns of what it notes.
  const words = (written) => written.trim().replace(/\s+/g, ' ');
  return inline('clientVersion') === version && words(inline('inlineSchema')) === words(schema);
}

/** Generates the Prisma client anew after a change of prisma/schema.prisma. It is committed, so that `npm start` needs no Prisma CLI. */
export function ensureGenerated() {
  if (isGenerated()) return;
  ensureInstalled({ tools: true });
  console.error(`generating the database client: commit ${generated} with the schema ...`);
  run('prisma', ['generate', '--no-hints'], { stdio: ['ignore', 'ignore', 2] });
}

/**
 * Compiles every project whose sources have changed. Not through `nx run-many`, which does the same: Nx is a tool for developing, and
 * 50 MB.
 */
export function ensureBuilt() {
  ensureGenerated();
  const projects = ['libs', 'apps']
    .flatMap((floor) => readdirSync(join(root, floor)).map((name) => `${floor}/${name}`))
    .filter((project) => existsSync(join(root, project, 'src')));
  const compiler = ['scripts/compile.mjs', 'node_modules/@swc/core/package.json'];
  const wanted = Object.fromEntries(projects.map((project) => [project, fingerprint([`${project}/src`, ...compiler])]));
  const built = readStamp('build').startsWith('{') ? JSON.parse(readStamp('build')) : {};
  const stale = projects.filter(
    (project) => built[project] !== wanted[project] || !existsSync(join(root, project, 'dist')),
  );
  if (stale.length === 0) return;
  console.error('building ...');
  run(pinnedNode(), ['scripts/compile.mjs', ...stale]);
  writeStamp('build', JSON.stringify(wanted));
}
