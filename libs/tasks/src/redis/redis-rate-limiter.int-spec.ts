import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { RateLimiter } from '@vaultstream/contracts';
import { Env, MemoryRateLimiter, RuntimeModule } from '@vaultstream/runtime';
import { eventually, redisIsHere, TestRedis } from '@vaultstream/testing';
import { silent } from '../../test/silent.ts';
import { RedisRateLimitModule } from './redis-rate-limit.module.ts';
import { RedisRateLimiter } from './redis-rate-limiter.ts';

(redisIsHere() ? describe : describe.skip)('the rate limit of several replicas', () => {
  let redis: TestRedis;
  const replicas: RedisRateLimiter[] = [];
  beforeAll(async () => {
    redis = await TestRedis.start();
    for (let index = 0; index < 3; index++) replicas.push(await RedisRateLimiter.connect(redis.url, silent));
    await eventually(() => shared());
  });
  afterAll(async () => {
    for (const replica of replicas) replica.close();
    await redis.remove();
  });
  let probes = 0;
  /** Whether all replicas count together at present. */
  async function shared(): Promise<boolean> {
    const key = `probe ${++probes}`;
    for (const replica of replicas) await replica.take(key, 2);
    return !(await (replicas[0] as RedisRateLimiter).take(key, 2)).ok;
  }
  async function flood(key: string, calls: number, perMinute: number): Promise<number> {
    const answers = await Promise.all(
      Array.from({ length: calls }, (_, index) =>
        (replicas[index % replicas.length] as RedisRateLimiter).take(key, perMinute),
      ),
    );
    return answers.filter(({ ok }) => ok).length;
  }

  it('A6: 600 calls over three replicas, 100 a minute: no more than 110 pass', async () => {
    const passed = await flood('token:a', 600, 100);
    expect(passed).toBeGreaterThanOrEqual(100);
    expect(passed).toBeLessThanOrEqual(110);
  });

  it('says when the next call would pass, and keeps keys apart', async () => {
    const [first, second] = replicas as [RedisRateLimiter, RedisRateLimiter];
    expect(await first.take('token:b', 1)).toEqual({ ok: true, retryAfterMs: 0 });
    const refused = await second.take('token:b', 1);
    expect(refused.ok).toBe(false);
    expect(refused.retryAfterMs).toBeGreaterThan(50_000);
    expect(refused.retryAfterMs).toBeLessThanOrEqual(60_000);
    expect((await second.take('token:c', 1)).ok).toBe(true);
  });

  it('lets through one call in each interval once the bucket is empty', async () => {
    const [first] = replicas as [RedisRateLimiter];
    while ((await first.take('token:d', 300)).ok);
    await eventually(async () => (await first.take('token:d', 300)).ok, { timeoutMs: 5_000 });
  });

  it('forgets a bucket when it is full again', async () => {
    await (replicas[0] as RedisRateLimiter).take('token:e', 60_000);
    await eventually(async () => (await redis.send('EXISTS vaultstream:limit:token:e')) === ':0');
  });

  it('counts in each process while Redis is away, and together again afterwards', async () => {
    const [first] = replicas as [RedisRateLimiter];
    while ((await first.take('token:used up', 2)).ok);
    await redis.kill();
    const alone = [];
    for (let call = 0; call < 5; call++) alone.push((await first.take('token:f', 3)).ok);
    expect(alone).toEqual([true, true, true, false, false]);
    // What was known of a key goes on to count.
    expect((await first.take('token:used up', 2)).ok).toBe(false);
    await redis.start();
    await eventually(() => shared(), { timeoutMs: 20_000 });
  }, 60_000);

  it('is what the module gives where QUEUE_TYPE=bullmq, and closes with the process', async () => {
    const boot = async (env: Env) => {
      @Module({ imports: [RuntimeModule.forRoot({ service: 'test', env, logger: silent }), RedisRateLimitModule] })
      class AppModule {}
      return NestFactory.createApplicationContext(AppModule, { logger: false });
    };
    const scaled = await boot(Env.load({ QUEUE_TYPE: 'bullmq', REDIS_URL: redis.url }));
    expect(scaled.get(RateLimiter, { strict: false })).toBeInstanceOf(RedisRateLimiter);
    await scaled.close();
    const embedded = await boot(Env.load({}));
    expect(embedded.get(RateLimiter, { strict: false })).toBeInstanceOf(MemoryRateLimiter);
    await embedded.close();
  });
});
