import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { Sandbox } from '@vaultstream/sandbox';
import { newBucket, TestRedis, TestS3 } from '@vaultstream/testing';
import { Cluster } from '../scale/cluster.ts';
import type { Batch } from './batch.ts';
import { hookHost, lanes, type Outside } from './outside.ts';
import type { ChaosPostgres } from './postgres.ts';

/** What carries tasks and keeps pictures. Redis keeps nothing over a kill unless it says AOF. */
export const worldKinds = ['Redis and S3', 'Redis with AOF', 'Postgres'] as const;
export type WorldKind = (typeof worldKinds)[number];

const counts = { api: 2, 'parse-worker': 2, 'media-worker': 2, 'push-dispatcher': 2, scheduler: 2 };
/** Contents with this tag go to Telegram, the others to a webhook. */
export const telegramTag = 'telegram';

interface Ground {
  postgres: ChaosPostgres;
  outside: Outside;
  sandbox: Sandbox;
}

/** A cluster of real processes, the stores that it stands on, and rules that push everything once. */
export class World {
  /** Of the product's database. */
  readonly sql: pg.Pool;
  /** Everything that was shared here. */
  readonly batches: Batch[] = [];
  private articles = 0;
  private constructor(
    readonly kind: WorldKind,
    readonly ground: Ground,
    readonly cluster: Cluster,
    readonly databaseUrl: string,
    private readonly stores: { redis?: TestRedis; s3?: TestS3 },
    private readonly dir: string,
  ) {
    this.sql = new pg.Pool({ connectionString: databaseUrl, max: 4 });
    // A session that a row has killed.
    this.sql.on('error', () => undefined);
  }

  static async open(kind: WorldKind, ground: Ground): Promise<World> {
    const dir = mkdtempSync(join(tmpdir(), 'vaultstream-chaos-'));
    const stores: { redis?: TestRedis; s3?: TestS3 } = {};
    // Its contents are numbered from 1, as were those of the world before.
    ground.outside.hooks.clear();
    try {
      const databaseUrl = await ground.postgres.database();
      if (kind !== 'Postgres') stores.redis = await TestRedis.start({ appendOnly: kind === 'Redis with AOF' });
      if (kind === 'Redis and S3') stores.s3 = await TestS3.start();
      const env = { ...environment(ground, stores), DATABASE_URL: databaseUrl };
      const cluster = await Cluster.start({ dir, counts, env });
      const world = new World(kind, ground, cluster, databaseUrl, stores, dir);
      await world.pushEverything().catch(async (error: unknown) => {
        await cluster.stop();
        throw error;
      });
      return world;
    } catch (error) {
      await Promise.all([stores.redis?.remove(), stores.s3?.remove()]);
      rmSync(dir, { recursive: true, force: true });
      throw error;
    }
  }

  /** @throws Error in a world without Redis. */
  get redis(): TestRedis {
    if (!this.stores.redis) throw new Error('there is no Redis in this world');
    return this.stores.redis;
  }

  /** @throws Error in a world without S3. */
  get s3(): TestS3 {
    if (!this.stores.s3) throw new Error('there is no S3 in this world');
    return this.stores.s3;
  }

  /** A page number that nobody has shared. */
  nextArticle(): number {
    return ++this.articles;
  }

  /** Numbers of one row. */
  async count(text: string, ...values: unknown[]): Promise<number> {
    const { rows } = await this.sql.query<{ n: string }>(text, values);
    return Number(rows[0]?.n ?? 0);
  }

  async close(): Promise<void> {
    await this.cluster.stop();
    await this.sql.end();
    await Promise.all([this.stores.redis?.remove(), this.stores.s3?.remove()]);
    rmSync(this.dir, { recursive: true, force: true });
  }

  private async pushEverything(): Promise<void> {
    for (let lane = 0; lane < lanes; lane++)
      await this.pushTo(
        { kind: 'webhook', name: `hook ${lane}`, address: { url: `https://${hookHost(lane)}/` } },
        { tags_any: [`lane${lane}`], tags_none: [telegramTag] },
      );
    // A private chat: the limits of groups are for people's patience.
    await this.pushTo({ kind: 'telegram', name: 'chat', address: { chat_id: 42 } }, { tags_any: [telegramTag] });
  }

  private async pushTo(target: { name: string; kind: string; address: object }, match: object): Promise<void> {
    const made = await this.cluster.call('POST', '/api/v1/targets', target);
    if (made.status !== 201) throw new Error(`a target was refused: ${JSON.stringify(made.body)}${this.errors()}`);
    const rule = { name: target.name, match, target_ids: [made.body.id] };
    const ruled = await this.cluster.call('POST', '/api/v1/rules', rule);
    if (ruled.status !== 201) throw new Error(`a rule was refused: ${JSON.stringify(ruled.body)}${this.errors()}`);
  }

  /** What the APIs logged as errors, a line each: their answers do not say. */
  private errors(): string {
    const lines = this.cluster.of('api').flatMap((member) => member.logs().filter(({ level }) => level === 'error'));
    return lines.map((line) => `\n${JSON.stringify(line)}`).join('');
  }
}

function environment(
  { outside, sandbox }: Ground,
  { redis, s3 }: { redis?: TestRedis; s3?: TestS3 },
): Record<string, string> {
  return {
    LOG_LEVEL: 'info',
    PARSE_CONCURRENCY: '12',
    TELEGRAM_BOT_TOKEN: sandbox.telegram.token,
    FETCH_HOST_OVERRIDES: `${outside.hosts},api.telegram.org=${sandbox.url}/api.telegram.org`,
    ...(redis && { QUEUE_TYPE: 'bullmq', REDIS_URL: redis.url }),
    ...(s3 && {
      STORAGE_BACKEND: 's3',
      STORAGE_S3_ENDPOINT: s3.endpoint,
      STORAGE_S3_BUCKET: newBucket(),
      STORAGE_S3_ACCESS_KEY: s3.accessKey,
      STORAGE_S3_SECRET_KEY: s3.secretKey,
    }),
  };
}
