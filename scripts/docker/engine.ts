import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { attempt, run } from './command.ts';
import { findCompose, hasCommand, installCompose, installPackages } from './packages.ts';

/** Where downloaded programs and the data of our own daemon are kept between runs. */
export const cacheFolder = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'vaultstream', 'docker');

/** Socket, pid file and run-time state of a daemon of our own: a short path, since a socket's has at most 107 bytes. */
const runFolder = '/run/vaultstream-docker';
const socket = `unix://${runFolder}/docker.sock`;
const pidFile = join(runFolder, 'docker.pid');
/** Milliseconds: until a daemon answers, which has to clear away what a killed one has left; and until it has ended. */
const [startMs, endMs] = [90_000, 60_000];

/** Docker Engine and Compose that can be used. */
export interface Engine {
  /** For `docker` and `compose`: which daemon. */
  readonly env: NodeJS.ProcessEnv;
  /** The command of Compose: `docker compose`, or the plug-in as a program of its own. */
  readonly compose: readonly string[];
  /** Ends the daemon, if we have started it and nobody's containers run in it. */
  stop(): Promise<void>;
}

/** Docker cannot be had here. `message` says why. */
export class NoDocker extends Error {
  override readonly name = 'NoDocker';
}

/**
 * Docker as it is installed and runs; what is missing is installed from Debian's packages and started, where we are root.
 * @param say gets a line for what takes long
 * @throws NoDocker
 */
export async function ensureEngine(say: (line: string) => void): Promise<Engine> {
  const root = process.getuid?.() === 0;
  const own = { ...process.env, DOCKER_HOST: socket };
  let env: NodeJS.ProcessEnv | undefined = (await answers(process.env)) ? process.env : undefined;
  env ??= (await answers(own)) ? own : undefined;
  let stop = async () => undefined as void;
  if (env === undefined) {
    if (!root) throw new NoDocker('no Docker daemon answers, and only root can start one');
    if (!hasCommand('dockerd', 'docker') && !(await installPackages(['docker.io', 'iptables'], say)))
      throw new NoDocker('Docker Engine is not installed, and Debian has no docker.io for us');
    const pid = await startDaemon(own, say);
    stop = () => stopDaemon(pid, own);
    env = own;
  }
  const compose = (await findCompose()) ?? (root ? await installCompose(cacheFolder, say) : null);
  if (compose !== null) return { env, compose, stop };
  await stop();
  throw new NoDocker('there is no Docker Compose 2.24 or newer');
}

const answers = async (env: NodeJS.ProcessEnv) =>
  (await attempt('docker', ['info', '--format', '{{.ServerVersion}}'], { env, timeoutMs: 20_000 })).code === 0;

/** @returns its process id. @throws NoDocker with its last words. */
async function startDaemon(env: NodeJS.ProcessEnv, say: (line: string) => void): Promise<number> {
  const [data, log] = [join(cacheFolder, 'data'), join(cacheFolder, 'dockerd.log')];
  mkdirSync(data, { recursive: true });
  mkdirSync(runFolder, { recursive: true });
  clearPidFile(pidFile);
  say('starting a Docker daemon ...');
  const output = openSync(log, 'w');
  const child = spawn(
    'dockerd',
    ['--host', socket, '--pidfile', pidFile, '--exec-root', join(runFolder, 'exec'), '--data-root', data],
    // A group of its own: a terminal's Ctrl-C must not end it before the containers.
    { stdio: ['ignore', output, output], detached: true },
  );
  let ended = false;
  child.on('error', () => (ended = true)).on('exit', () => (ended = true));
  child.unref();
  for (const end = Date.now() + startMs; !ended && Date.now() < end; await sleep(250))
    if (await answers(env)) return child.pid ?? 0;
  if (!ended) child.kill('SIGKILL');
  const words = readFileSync(log, 'utf8').trim().split('\n').slice(-3).join('\n');
  throw new NoDocker(`the Docker daemon did not start (${log}):\n${words}`);
}

/** A killed daemon leaves its pid file, and the next one refuses to start once another program has that id. */
export function clearPidFile(file: string): void {
  if (!existsSync(file)) return;
  const name = `/proc/${readFileSync(file, 'utf8').trim()}/comm`;
  if (!existsSync(name) || readFileSync(name, 'utf8').trim() !== 'dockerd') rmSync(file, { force: true });
}

async function stopDaemon(pid: number, env: NodeJS.ProcessEnv): Promise<void> {
  const { stdout } = await attempt('docker', ['ps', '--quiet'], { env });
  if (stdout.trim() !== '' || pid === 0) return;
  process.kill(pid, 'SIGTERM');
  for (const end = Date.now() + endMs; existsSync(`/proc/${pid}/exe`) && Date.now() < end; await sleep(100));
}

/** Runs `docker`. @throws Error with its last words. */
export const docker = (engine: Engine, args: readonly string[]): Promise<string> =>
  run('docker', args, { env: engine.env });
