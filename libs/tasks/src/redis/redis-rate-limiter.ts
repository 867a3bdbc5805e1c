import { RateLimiter } from '@vaultstream/contracts';
import { MemoryRateLimiter, withDeadline, type Logger } from '@vaultstream/runtime';
import type { Redis } from 'ioredis';
import { Throttled } from '../broker/throttled.ts';
import { failFast, keyPrefix } from './redis-url.ts';

/**
 * The generic cell rate algorithm of MemoryRateLimiter, in microseconds of Redis's own clock, so that no replica's clock counts. A key
 * holds the time at which its bucket will be full again, and goes when it is.
 * KEYS[1] bucket, ARGV[1] microseconds between two calls. Answers the microseconds to wait (0: the call passes), and those until the
 * bucket is full again.
 */
const takeScript = `
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local full_at = math.max(tonumber(redis.call('GET', KEYS[1]) or now), now) + tonumber(ARGV[1])
local wait = full_at - now - 60000000
if wait > 0 then return {wait, full_at - now - tonumber(ARGV[1])} end
redis.call('SET', KEYS[1], string.format('%.0f', full_at), 'PX', math.ceil((full_at - now) / 1000))
return {0, full_at - now}`;

/**
 * Milliseconds that a request waits for Redis at most, and for which Redis is then left alone. A busy machine answers late, and counting
 * apart lets more calls through: so the wait is long, and what it costs is spread by the rest.
 */
const answerMs = 1_000;
const restMs = 5_000;
/** Milliseconds that a start waits for Redis: until then this process would count alone. */
const startMs = 2_000;

type Scripted = Redis & {
  vaultstreamTake(key: string, intervalUs: number): Promise<[waitUs: number, fullInUs: number]>;
};

/**
 * Counts for all replicas of the API together. While Redis is away each counts on for itself, from what it last knew of a key: nobody
 * is refused or kept waiting for its sake, a caller who has used up his calls gets none anew, and any other at most as many times his
 * calls as there are replicas.
 */
export class RedisRateLimiter extends RateLimiter {
  private readonly memory = new MemoryRateLimiter();
  private readonly trouble = new Throttled();
  private restUntil = 0;

  private constructor(
    private readonly redis: Scripted,
    private readonly logger: Logger,
  ) {
    super();
    redis.on('ready', () => (this.restUntil = 0));
  }

  /** @param url As in REDIS_URL. Resolves when it is connected, or after 2 s: it goes on trying by itself. */
  static async connect(url: string, logger: Logger): Promise<RedisRateLimiter> {
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
    return new RedisRateLimiter(redis as Scripted, logger);
  }

  override async take(key: string, perMinute: number): Promise<{ ok: boolean; retryAfterMs: number }> {
    if (performance.now() < this.restUntil) return this.memory.take(key, perMinute);
    try {
      const intervalUs = Math.floor(60_000_000 / perMinute);
      const [waitUs, fullInUs] = await withDeadline(
        () => this.redis.vaultstreamTake(`${keyPrefix}:limit:${key}`, intervalUs),
        answerMs,
      );
      this.memory.adopt(key, fullInUs / 1_000);
      return { ok: waitUs === 0, retryAfterMs: Math.ceil(waitUs / 1_000) };
    } catch (err) {
      this.restUntil = performance.now() + restMs;
      this.trouble.run(() => this.logger.warn({ name: 'limits', err }, 'rate limits count per process for now'));
      return this.memory.take(key, perMinute);
    }
  }

  close(): void {
    this.redis.disconnect();
  }
}
