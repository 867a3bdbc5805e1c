import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@vaultstream/runtime';
import { startSandbox, type Sandbox } from '@vaultstream/sandbox';
import { deployMigrations } from '@vaultstream/store/migrate';
import { ensureMinio, ensureRedis } from '../lib/services.mjs';
import { Outside } from './outside.ts';
import { expectRedis, expectS3 } from './missing.ts';
import { ChaosPostgres } from './postgres.ts';
import { World, type WorldKind } from './world.ts';

/** What all rows of a run share, and the one world that stands on it at a time: rows of one kind of world follow each other. */
export class Stage {
  /** Milliseconds that went into opening and closing worlds. */
  settingMs = 0;
  /** For logs of rows that bring processes of their own. */
  readonly dir = mkdtempSync(join(tmpdir(), 'vaultstream-chaos-stage-'));
  private current: World | undefined;
  private constructor(
    readonly postgres: ChaosPostgres,
    readonly outside: Outside,
    readonly sandbox: Sandbox,
    /** Gets a line for each thing that a person would want to see. */
    readonly say: (line: string) => void,
    private readonly onClose: (world: World) => Promise<void>,
  ) {}

  /** @param onClose Gets each world while it still runs, for a last look. */
  static async open(say: (line: string) => void, onClose: (world: World) => Promise<void>): Promise<Stage> {
    const [redis, minio] = [ensureRedis(), ensureMinio()];
    if (redis !== null) process.env['TEST_REDIS_SERVER'] = redis;
    if (minio !== null) process.env['TEST_MINIO'] = minio;
    const [postgres, outside, sandbox] = await Promise.all([ChaosPostgres.start(), Outside.start(), startSandbox()]);
    return new Stage(postgres, outside, sandbox, say, onClose);
  }

  /** The world of this kind; another one that stands is closed before. @throws Missing when a program that it needs cannot be had. */
  async world(kind: WorldKind): Promise<World> {
    if (this.current?.kind === kind) return this.current;
    if (kind !== 'Postgres') expectRedis();
    if (kind === 'Redis and S3') expectS3();
    const began = performance.now();
    await this.closeWorld();
    this.say(`opening a world on ${kind} ...`);
    this.current = await World.open(kind, this);
    this.settingMs += performance.now() - began;
    return this.current;
  }

  /** URL of a new database of the product, with all migrations: for rows without a world. */
  async emptyDatabase(): Promise<string> {
    const url = await this.postgres.database();
    await deployMigrations(url, createLogger('chaos', { level: 'fatal', format: 'json' }));
    return url;
  }

  async close(): Promise<void> {
    await this.closeWorld().finally(async () => {
      rmSync(this.dir, { recursive: true, force: true });
      await Promise.allSettled([this.postgres.remove(), this.outside.stop(), this.sandbox.stop()]);
    });
  }

  /** Ends everything without a last look. */
  async abandon(): Promise<void> {
    await this.current?.close().catch(() => undefined);
    this.current = undefined;
    await this.close();
  }

  private async closeWorld(): Promise<void> {
    const world = this.current;
    this.current = undefined;
    if (!world) return;
    try {
      await this.onClose(world);
    } finally {
      await world.close();
    }
  }
}
