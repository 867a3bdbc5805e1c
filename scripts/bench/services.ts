import { chmod, mkdtemp, rm } from 'node:fs/promises';
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
  private readonly made = new Map<string, Promise<unknown>>();
  private databases = 0;

  private constructor(
    private readonly base: string,
    private readonly postgres: EmbeddedPostgres,
    readonly redis: TestRedis,
  ) {}

  /** @throws Error when there is no redis-server and none can be had. */
  static async start(): Promise<Services> {
    const program = ensureRedis();
    if (program === null) throw new Error('the bench needs redis-server: install it');
    process.env['TEST_REDIS_SERVER'] = program;
    const base = await mkdtemp(join(tmpdir(), 'vaultstream-bench-'));
    await chmod(base, 0o711);
    const settings = {
      max_connections: '200',
      shared_buffers: '512MB',
      maintenance_work_mem: '512MB',
      max_wal_size: '8GB',
    };
    const postgres = await EmbeddedPostgres.start({ dataDir: join(base, 'data'), logger, settings });
    return new Services(base, postgres, await TestRedis.start());
  }

  /** An empty database of its own, without a table. @param name What it is for: lower case and underscores */
  emptyDatabase(name: string): Promise<string> {
    return createDatabase(this.postgres.url, `bench_${name}_${++this.databases}`);
  }

  /** The same with all migrations. */
  async database(name: string): Promise<string> {
    const url = await this.emptyDatabase(name);
    await deployMigrations(url, logger, [migrateBroker]);
    return url;
  }

  /** A folder that goes with the run. */
  folder(name: string): Promise<string> {
    return mkdtemp(join(this.base, `${name}-`));
  }

  /** What `make` has answered the first time: for what is dear to make and serves every round. */
  once<T>(key: string, make: () => Promise<T>): Promise<T> {
    const made = (this.made.get(key) as Promise<T> | undefined) ?? make();
    this.made.set(key, made);
    return made;
  }

  async stop(): Promise<void> {
    await this.redis.remove();
    await this.postgres.stop();
    await rm(this.base, { recursive: true, force: true });
  }
}
