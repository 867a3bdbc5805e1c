import { mkdtemp, chmod, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLogger } from '@vaultstream/runtime';
import { DataDirLock, EmbeddedPostgres } from '@vaultstream/store/embedded';
import { createDatabase } from '@vaultstream/store/migrate';

const logger = createLogger('chaos', { level: 'fatal', format: 'json' });
/** `fsync` stays on: what was acknowledged must be on the disk. */
const settings = { max_connections: '300', shared_buffers: '128MB' };

/** The Postgres of one run, which may be stopped as by `pg_ctl -m immediate` and started again on the same port. */
export class ChaosPostgres {
  private made = 0;
  private constructor(
    private readonly dir: string,
    private readonly lock: DataDirLock,
    private server: EmbeddedPostgres,
  ) {}

  static async start(): Promise<ChaosPostgres> {
    const dir = await mkdtemp(join(tmpdir(), 'vaultstream-chaos-pg-'));
    // As root, Postgres runs as another user, who must get through.
    await chmod(dir, 0o711);
    const dataDir = join(dir, 'data');
    const lock = await DataDirLock.acquire(dataDir);
    return new ChaosPostgres(dir, lock, await EmbeddedPostgres.start({ dataDir, lock, logger, settings }));
  }

  /** URL of a new, empty database. */
  async database(): Promise<string> {
    return createDatabase(this.server.url, `chaos_${++this.made}`);
  }

  /** Every session dies at once, nothing is written any more: the next start recovers from the log. Resolves when it is gone. */
  async stopImmediately(): Promise<void> {
    const { pid } = this.server;
    process.kill(pid, 'SIGQUIT');
    while (isAlive(pid)) await sleep(20);
  }

  async startAgain(): Promise<void> {
    const { dir, lock, server } = this;
    this.server = await EmbeddedPostgres.start({
      dataDir: join(dir, 'data'),
      lock,
      port: server.port,
      logger,
      settings,
    });
  }

  async remove(): Promise<void> {
    await this.server.stop();
    await this.lock.release();
    await rm(this.dir, { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
