import { SharedBuckets, type BucketState } from '@vaultstream/contracts';
import type { Logger } from '@vaultstream/runtime';
import type { Redis } from 'ioredis';
import { failFast, keyPrefix } from './redis-url.ts';

/**
 * The generic cell rate algorithm of MemoryRateLimiter, in microseconds of Redis's own clock, so that no replica's clock counts. A key
 * holds the time at which its bucket will be full again, and goes when it is.
 * A time further away than an empty bucket's is of a clock that has gone back since, and is cut.
 * KEYS[1] bucket, ARGV[1] microseconds between two calls. Answers the microseconds to wait (0: the call passes), and those until the
 * bucket is full again.
 */
const takeScript = `
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local known = tonumber(redis.call('GET', KEYS[1]) or now)
local full_at = math.min(math.max(known, now), now + 60000000) + tonumber(ARGV[1])
local wait = full_at - now - 60000000
if known > now + 60000000 then redis.call('SET', KEYS[1], string.format('%.0f', now + 60000000), 'PX', 60000) end
if wait > 0 then return {wait, full_at - now - tonumber(ARGV[1])} end
redis.call('SET', KEYS[1], string.format('%.0f', full_at), 'PX', math.ceil((full_at - now) / 1000))
return {0, full_at - now}`;

/** Milliseconds that a start waits for Redis: until then this process would count alone. */
const startMs = 2_000;

type Scripted = Redis & {
  vaultstreamTake(key: string, intervalUs: number): Promise<[waitUs: number, fullInUs: number]>;
};

/** Buckets in Redis. */
export class RedisBuckets extends SharedBuckets {
  private constructor(private readonly redis: Scripted) {
    super();
  }

  /** @param url As in REDIS_URL. Resolves when it is connected, or after 2 s: it goes on trying by itself. */
  static async connect(url: string, logger: Logger): Promise<RedisBuckets> {
    // Loaded here, so that a process without Redis never pays for it.
    const { Redis } = await import('ioredis');
    const redis = new Redis(url, {
      ...failFast,
      connectionName: 'vaultstream-limits',
      scripts: { vaultstreamTake: { lua: takeScript, numberOfKeys: 1 } },
    });
    redis.on('error', (err) => logger.debug({ name: 'limits', err }, 'redis connection'));
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, startMs);
      redis.once('ready', () => {
        clearTimeout(timer);
        resolve();
      });
    });
    return new RedisBuckets(redis as Scripted);
  }

  /** @param listener Called whenever a connection stands again. */
  onReady(listener: () => void): void {
    this.redis.on('ready', listener);
  }

  override async take(key: string, perMinute: number): Promise<BucketState> {
    const intervalUs = Math.floor(60_000_000 / perMinute);
    const [waitUs, fullInUs] = await this.redis.vaultstreamTake(`${keyPrefix}:limit:${key}`, intervalUs);
    return { waitMs: waitUs / 1_000, fullInMs: fullInUs / 1_000 };
  }

  close(): void {
    this.redis.disconnect();
  }
}
