import { Module } from '@nestjs/common';
import { RateLimiter, SharedBuckets } from '@vaultstream/contracts';
import { Env, ExactRateLimiter, LOGGER, SharedRateLimiter, Shutdown, type Logger } from '@vaultstream/runtime';
import { RedisBuckets } from './redis/redis-buckets.ts';

/**
 * Provides the `RateLimiter` that the API's limits count with, shared by all replicas: over Redis where QUEUE_TYPE=bullmq, else over the
 * app's `SharedBuckets` (StoreModule: Postgres). Needs RuntimeModule, which finds it by itself. One process alone does without: it counts
 * in its memory.
 */
@Module({
  providers: [{ provide: RateLimiter, useFactory: createLimiter, inject: [Env, LOGGER, Shutdown, SharedBuckets] }],
  exports: [RateLimiter],
})
export class RateLimitModule {}

async function createLimiter(
  env: Env,
  logger: Logger,
  shutdown: Shutdown,
  stored: SharedBuckets,
): Promise<RateLimiter> {
  const { type, redisUrl } = env.queue;
  if (type !== 'bullmq' || redisUrl === undefined) return new ExactRateLimiter(stored);
  const buckets = await RedisBuckets.connect(redisUrl, logger);
  shutdown.register('store', 'rate limits', () => buckets.close());
  const limiter = new SharedRateLimiter(buckets, logger);
  buckets.onReady(() => limiter.resume());
  return limiter;
}
