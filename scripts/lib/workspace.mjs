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

/** Installs what the lock file names, when it has changed or was never installed. */
export function ensureInstalled() {
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (readStamp('install') === wanted && existsSync(join(root, 'node_modules', 'node', 'bin'))) return;
  console.error('installing dependencies (once; some minutes on a slow line) ...');
  // Not `npm ci`: it refuses a lock file that lacks another platform's optional binaries, which is how npm writes it where a
  // registry does not carry them. This installs what the lock file names and adds what this platform needs.
  // Its warnings are about the Node that runs npm here: what is installed runs under the pinned one.
  run('npm', ['install', '--no-save', '--no-fund', '--no-audit', '--prefer-offline', '--loglevel=error'], {
    env: { ...process.env, PRISMA_SKIP_POSTINSTALL_GENERATE: '1' },
  });
  writeStamp('install', wanted);
}

/**
 * Goes on under the workspace's own Node when the script was started by another one, as on a machine where nothing was installed
 * yet. Call it right after `ensureInstalled`.
 */
export function continueUnderPinnedNode() {
  if (realpathSync(process.execPath) === realpathSync(pinnedNode())) return;
  const done = spawnSync(pinnedNode(), process.argv.slice(1), { stdio: 'inherit', env: workspaceEnv() });
  process.exit(done.status ?? 1);
}

/** Generates the Prisma client from prisma/schema.prisma. */
export function ensureGenerated() {
  const wanted = fingerprint(['prisma/schema.prisma', 'prisma.config.ts']);
  if (readStamp('generate') === wanted && existsSync(join(root, 'libs/store/src/generated/client.ts'))) return;
  console.error('generating the database client ...');
  run('prisma', ['generate', '--no-hints'], { stdio: ['ignore', 'ignore', 2] });
  writeStamp('generate', wanted);
}

/** Compiles every project whose sources have changed (Nx knows which). */
export function ensureBuilt() {
  ensureGenerated();
  const projects = ['libs', 'apps'].flatMap((floor) =>
    readdirSync(join(root, floor)).map((name) => `${floor}/${name}`),
  );
  const wanted = fingerprint(['libs', 'apps', 'scripts/compile.mjs']);
  const complete = projects.every(
    (project) => existsSync(join(root, project, 'dist')) || !existsSync(join(root, project, 'src')),
  );
  if (readStamp('build') === wanted && complete) return;
  console.error('building ...');
  run('nx', ['run-many', '-t', 'build', '--outputStyle=static', '--parallel=2'], { stdio: ['ignore', 'ignore', 2] });
  writeStamp('build', wanted);
}
