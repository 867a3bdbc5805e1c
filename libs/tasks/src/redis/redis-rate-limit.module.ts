import { Module } from '@nestjs/common';
import { RateLimiter } from '@vaultstream/contracts';
import { Env, LOGGER, MemoryRateLimiter, Shutdown, type Logger } from '@vaultstream/runtime';
import { RedisRateLimiter } from './redis-rate-limiter.ts';

/**
 * Provides the `RateLimiter` that the API's limits count with: shared by all replicas through Redis where QUEUE_TYPE=bullmq, of this
 * process otherwise. Needs RuntimeModule, which finds it by itself.
 */
@Module({
  providers: [{ provide: RateLimiter, useFactory: createLimiter, inject: [Env, LOGGER, Shutdown] }],
  exports: [RateLimiter],
})
export class RedisRateLimitModule {}

async function createLimiter(env: Env, logger: Logger, shutdown: Shutdown): Promise<RateLimiter> {
  const { type, redisUrl } = env.queue;
  if (type !== 'bullmq' || redisUrl === undefined) return new MemoryRateLimiter();
  const limiter = await RedisRateLimiter.connect(redisUrl, logger);
  shutdown.register('store', 'rate limits', () => limiter.close());
  return limiter;
}
