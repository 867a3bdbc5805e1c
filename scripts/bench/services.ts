import { mkdtemp, rm, chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@vaultstream/runtime';
import { EmbeddedPostgres } from '@vaultstream/store/embedded';
import { createDatabase, deployMigrations } from '@vaultstream/store/migrate';
import { migrateBroker } from '@vaultstream/tasks';
import { TestRedis } from '@vaultstream/testing';
import { ensureRedis } from '../lib/services.mjs';

export const logger = createLogger('bench', { level: 'error', format: 'json' });

/** The servers of one run: Postgres as a cluster would have it (every commit is flushed), Redis with AOF. */
export class Services {
  private constructor(
    private readonly folder: string,
    private readonly postgres: EmbeddedPostgres,
    readonly redis: TestRedis,
  ) {}

  /** @throws Error when there is no redis-server and none can be had. */
  static async start(): Promise<Services> {
    const program = ensureRedis();
    if (program === null) throw new Error('the bench needs redis-server: install it');
    process.env['TEST_REDIS_SERVER'] = program;
    const folder = await mkdtemp(join(tmpdir(), 'vaultstream-bench-'));
    await chmod(folder, 0o711);
    const settings = {
      max_connections: '200',
      shared_buffers: '512MB',
      maintenance_work_mem: '512MB',
      max_wal_size: '8GB',
    };
    const postgres = await EmbeddedPostgres.start({ dataDir: join(folder, 'data'), logger, settings });
    return new Services(folder, postgres, await TestRedis.start());
  }

  /** A database of its own, with all migrations. */
  async database(name: string): Promise<string> {
    const url = await createDatabase(this.postgres.url, name);
    await deployMigrations(url, logger, [migrateBroker]);
    return url;
  }

  async stop(): Promise<void> {
    await this.redis.remove();
    await this.postgres.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}
