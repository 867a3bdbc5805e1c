import { once } from 'node:events';
import { mkdir, realpath } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { InfrastructureError } from '@vaultstream/contracts';
import type { Logger } from '@vaultstream/runtime';
import { findBinaries, prepareBinaries } from './binaries.ts';
import { findHome, recordHome } from './cluster-home.ts';
import { ensureCluster, readPassword } from './cluster.ts';
import { DataDirLock } from './data-dir-lock.ts';
import { endWithUs } from './end-with-us.ts';
import { explain } from './explain.ts';
import { freePort } from './free-port.ts';
import { stopOrphan, stopPostmaster } from './postmaster.ts';
import { EarlyExit, startServer, type Server, type ServerOptions } from './server.ts';

/** How long the sessions of a killed postmaster may take to notice that it is gone. Milliseconds. */
const leftoversMs = 15_000;

export interface EmbeddedPostgresOptions {
  dataDir: string;
  logger: Logger;
  /** A fixed TCP port; a free one by default. */
  port?: number;
  /** The data directory's lock where the caller holds it already; else it is taken here and released by `stop`. */
  lock?: DataDirLock;
  /** Overrides of the Postgres settings. For tests: production keeps `fsync` on. */
  settings?: Record<string, string>;
  /** As of `ServerOptions`. For tests. */
  askedToStopMs?: number;
  /** Postgres ended while we run, without `stop`. Called once, with what is known. */
  onExit?: (reason: { code: number | null; signal: NodeJS.Signals | null }) => void;
}

/** A real Postgres as a child process, its files in the data directory. */
export class EmbeddedPostgres {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  readonly #server: Server;
  readonly #locks: DataDirLock[];
  #stopped: Promise<void> | undefined;

  private constructor(server: Server, locks: DataDirLock[], options: EmbeddedPostgresOptions) {
    this.url = server.url;
    this.port = server.port;
    this.pid = server.pid;
    this.#server = server;
    this.#locks = locks;
    process.on('exit', this.#stopOnExit);
    // SIGINT is the fast stop, with a checkpoint. What is still there at the next start is stopped by that one.
    const release = endWithUs(server.pid, 'INT');
    server.child.once('exit', (code, signal) => {
      release();
      process.off('exit', this.#stopOnExit);
      if (this.#stopped) return;
      options.logger.error({ code, signal }, 'the embedded Postgres ended unexpectedly');
      options.onExit?.({ code, signal });
    });
  }

  /**
   * Starts the database of a data directory; makes both on the first start, and recovers from whatever a killed run left behind.
   * @throws Conflict when another VaultStream uses the data directory; InfrastructureError with one clear line for everything else.
   */
  static async start(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
    const locks: DataDirLock[] = [];
    try {
      if (!options.lock) locks.push(await DataDirLock.acquire(options.dataDir));
      const server = await bringUp(options, locks);
      return new EmbeddedPostgres(server, locks, options);
    } catch (error) {
      for (const lock of locks) await lock.release();
      throw explain(error instanceof EarlyExit ? error.message : error, options.dataDir);
    }
  }

  /**
   * Stops Postgres (fast, then immediate past the deadline) and releases the lock if it was taken by `start`. May be called again.
   * @param fastMs Deadline of the fast stop: milliseconds.
   */
  stop(fastMs?: number): Promise<void> {
    this.#stopped ??= this.#stop(fastMs);
    return this.#stopped;
  }

  async #stop(fastMs?: number): Promise<void> {
    const { child } = this.#server;
    const gone = child.exitCode !== null || child.signalCode !== null ? Promise.resolve() : once(child, 'exit');
    await stopPostmaster(this.pid, fastMs);
    await gone;
    for (const lock of this.#locks) await lock.release();
  }

  /** The last resort when our process ends without `stop`, by an exception or `process.exit`. */
  readonly #stopOnExit = (): void => {
    try {
      process.kill(this.pid, 'SIGINT');
    } catch {
      // It is gone already.
    }
  };
}

/** @param locks Receives what has to be released with the server. */
async function bringUp(options: EmbeddedPostgresOptions, locks: DataDirLock[]): Promise<Server> {
  const { logger } = options;
  await mkdir(options.dataDir, { recursive: true });
  const dataDir = await realpath(options.dataDir);
  const found = await findBinaries();
  const place = await findHome(dataDir, (await readPassword(dataDir)) !== null, logger);
  // A copied data directory links to the same cluster as the original.
  if (place.elsewhere) locks.push(await DataDirLock.acquire(place.home));
  const binaries = await prepareBinaries(found, place.home, place.user);
  const password = await ensureCluster(dataDir, place, binaries);
  await recordHome(dataDir, place);
  const { settings, askedToStopMs } = options;
  return startOver({ binaries, place, password, logger, settings, askedToStopMs }, options.port);
}

/** Starts the server; again when another program was quicker to take a port, or a killed run's processes are not all gone yet. */
async function startOver(options: Omit<ServerOptions, 'port'>, fixedPort: number | undefined): Promise<Server> {
  for (const began = Date.now(); ;) {
    await stopOrphan(options.place.cluster, options.logger);
    const port = fixedPort ?? (await freePort());
    try {
      return await startServer({ ...options, port });
    } catch (error) {
      const words = error instanceof EarlyExit ? error.message : '';
      const portTaken = /could not bind|could not create any TCP\/IP sockets/i.test(words);
      if (portTaken && fixedPort !== undefined)
        throw new InfrastructureError(`Port ${port}, set for the embedded Postgres, is taken by another program.`, {
          cause: error,
        });
      const leftovers = /pre-existing shared memory|lock file .* already exists/i.test(words);
      if (!(portTaken || leftovers) || Date.now() - began > leftoversMs) throw error;
      await sleep(100);
    }
  }
}
