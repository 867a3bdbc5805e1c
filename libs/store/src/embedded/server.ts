import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { InfrastructureError } from '@vaultstream/contracts';
import type { Logger } from '@vaultstream/runtime';
import type { Binaries } from './binaries.ts';
import type { ClusterHome } from './cluster-home.ts';
import { databaseUser } from './cluster.ts';
import { stopPostmaster } from './postmaster.ts';
import { databaseEnv } from './run.ts';

/** Postgres settings that hold for every start. Small, because one process serves one household. */
const baseSettings: Record<string, string> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '30',
  shared_buffers: '32MB',
  io_method: 'sync',
  // The default of 4 is that of spinning disks, and makes the planner avoid indexes that would serve.
  random_page_cost: '1.1',
  timezone: 'UTC',
  log_timezone: 'UTC',
  logging_collector: 'off',
  log_destination: 'stderr',
  log_line_prefix: '',
  // Statements and details hold people's data: they reach the caller as an error, not the log.
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
};

/** Recovery after a crash replays at most some minutes of log. Milliseconds. */
const readyMs = 120_000;

/**
 * How long a postmaster that somebody else has asked to stop (SIGTERM) may wait for our sessions: milliseconds. Longer than our own stop
 * takes, for where the same signal has gone to all processes of a service.
 */
const askedToStopMs = 45_000;

/** How a postmaster that we started ended before it was ready. */
export class EarlyExit extends Error {
  override readonly name = 'EarlyExit';
}

export interface Server {
  child: ChildProcess;
  pid: number;
  port: number;
  url: string;
}

export interface ServerOptions {
  binaries: Binaries;
  place: ClusterHome;
  password: string;
  port: number;
  /** Overrides of `baseSettings`. */
  settings?: Record<string, string>;
  logger: Logger;
  /** Milliseconds; a test shortens it. */
  askedToStopMs?: number | undefined;
}

/**
 * Starts a postmaster and waits until it answers with our own password: a stranger on the port cannot.
 * @throws EarlyExit with its last words when it ends before that.
 */
export async function startServer(options: ServerOptions): Promise<Server> {
  const { binaries, place, port } = options;
  const settings = Object.entries({ ...baseSettings, ...options.settings, port: String(port) });
  const child = spawn(
    join(binaries.root, 'bin', 'postgres'),
    ['-D', place.cluster, ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    // Detached: a session of its own, so that Ctrl-C in our terminal does not reach it. It stops last, when we say so.
    { cwd: place.home, env: databaseEnv, stdio: ['ignore', 'ignore', 'pipe'], detached: true, ...place.user },
  );
  const lastLines: string[] = [];
  if (child.stderr)
    createInterface({ input: child.stderr }).on('line', (line) => {
      lastLines.push(line);
      if (lastLines.length > 20) lastLines.shift();
      log(options.logger, line);
      if (line.includes('received smart shutdown request')) hasten(child, options);
    });
  const ended = new AbortController();
  const end = new Promise<never>((_resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => reject(new EarlyExit(lastLines.join('\n'))));
  });
  end.catch(() => ended.abort());
  if (child.pid === undefined) return end;
  try {
    const url = await Promise.race([waitUntilReady(port, options.password, ended.signal), end]);
    return { child, pid: child.pid, port, url };
  } catch (error) {
    if (!(error instanceof EarlyExit)) await stopPostmaster(child.pid);
    throw error;
  }
}

/**
 * Asked by somebody else than us, Postgres takes no connection any more, and ends when the last of ours does: never, while we run. Half a
 * database is worse than none: it is stopped, and whoever has started it hears that it has ended.
 */
function hasten(child: ChildProcess, { logger, askedToStopMs: ms = askedToStopMs }: ServerOptions): void {
  const timer = setTimeout(() => {
    logger.warn('somebody has asked the embedded Postgres to stop, and it takes no connections: it is stopped now');
    child.kill('SIGINT');
  }, ms);
  timer.unref();
  child.once('exit', () => clearTimeout(timer));
}

function log(logger: Logger, line: string): void {
  const level = /^(PANIC|FATAL|WARNING):/.exec(line)?.[1];
  // FATAL is the end of one session, which its client hears about as well.
  if (level === 'PANIC') logger.error({ postgres: line }, 'postgres');
  else if (level === 'WARNING') logger.warn({ postgres: line }, 'postgres');
  else logger.debug({ postgres: line }, 'postgres');
}

/** What a server says that is not up yet: no listener, or 57P03 (cannot_connect_now); and a stranger on the port says nothing. */
const notYet = new Set<unknown>(['ECONNREFUSED', 'ECONNRESET', '57P03', undefined]);

/**
 * Polls with real connections, and makes the product's database if it is not there yet. Answers its URL.
 * @throws The server's own refusal, such as a wrong password or a full disk.
 */
async function waitUntilReady(port: number, password: string, ended: AbortSignal): Promise<string> {
  const url = (database: string) => `postgresql://${databaseUser}:${password}@127.0.0.1:${port}/${database}`;
  const began = Date.now();
  while (!ended.aborted && Date.now() - began < readyMs) {
    try {
      await connect(url(databaseUser));
      return url(databaseUser);
    } catch (error) {
      const { code } = error as { code?: string };
      // 3D000 invalid_catalog_name: the server is up, the database does not exist.
      if (code === '3D000') await connect(url('postgres'), `CREATE DATABASE ${databaseUser}`);
      else if (notYet.has(code)) await sleep(Date.now() - began < 2_000 ? 15 : 100);
      else throw error;
    }
  }
  throw new InfrastructureError(`The embedded Postgres did not answer within ${readyMs / 1_000} s.`);
}

async function connect(url: string, statement?: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    if (statement) await client.query(statement);
  } finally {
    await client.end().catch(() => undefined);
  }
}
