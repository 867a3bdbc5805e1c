import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { RateLimiter } from '@vaultstream/contracts';
import { Env, ExactRateLimiter, RuntimeModule, SharedRateLimiter } from '@vaultstream/runtime';
import { Database, PostgresBuckets, StoreModule } from '@vaultstream/store';
import { eventually, redisIsHere, testDatabase, TestRedis, type TestDatabase } from '@vaultstream/testing';
import { silent } from '../test/silent.ts';
import { RateLimitModule } from './rate-limit.module.ts';
import { RedisBuckets } from './redis/redis-buckets.ts';

/** Where three replicas count. */
interface Place {
  env: Record<string, string>;
  database: TestDatabase;
  limiters: RateLimiter[];
  /** Whether replicas count on while it is away. */
  isDispensable: boolean;
  leave(): Promise<unknown>;
  comeBack(): Promise<unknown>;
  /** Whether anything is remembered of this key. */
  remembers(key: string): Promise<boolean>;
  close(): Promise<void>;
}

async function onRedis(): Promise<Place> {
  const [redis, database] = await Promise.all([TestRedis.start(), testDatabase()]);
  const buckets = await Promise.all(Array.from({ length: 3 }, () => RedisBuckets.connect(redis.url, silent)));
  return {
    env: { QUEUE_TYPE: 'bullmq', REDIS_URL: redis.url },
    database,
    limiters: buckets.map((each) => new SharedRateLimiter(each, silent)),
    isDispensable: true,
    leave: () => redis.kill(),
    comeBack: () => redis.start(),
    remembers: async (key) => (await redis.send(`EXISTS vaultstream:limit:${key}`)) !== ':0',
    async close() {
      for (const each of buckets) each.close();
      await Promise.all([redis.remove(), database.drop()]);
    },
  };
}

async function onPostgres(): Promise<Place> {
  const database = await testDatabase();
  const replicas = Array.from({ length: 3 }, () => new Database({ url: database.url }));
  const [db] = replicas as [Database];
  return {
    env: {},
    database,
    limiters: replicas.map(
      (replica) => new ExactRateLimiter(new PostgresBuckets(replica, { clearanceMs: 0, fullForMs: 500 })),
    ),
    isDispensable: false,
    leave: () => db.client.$executeRaw`ALTER TABLE limiter_cells RENAME TO away`,
    comeBack: () => db.client.$executeRaw`ALTER TABLE away RENAME TO limiter_cells`,
    remembers: async (key) =>
      (await db.client.$queryRaw<unknown[]>`SELECT 1 FROM limiter_cells WHERE key = ${`api:${key}`}`).length > 0,
    async close() {
      await Promise.all(replicas.map((replica) => replica.close()));
      await database.drop();
    },
  };
}

const places = [{ name: 'Postgres', open: onPostgres }, ...(redisIsHere() ? [{ name: 'Redis', open: onRedis }] : [])];

describe.each(places)('the rate limit of several replicas, over $name', ({ open }) => {
  let place: Place;
  let replicas: [RateLimiter, RateLimiter, RateLimiter];
  beforeAll(async () => {
    place = await open();
    replicas = place.limiters as typeof replicas;
    await eventually(() => shared());
  });
  afterAll(() => place.close());

  let probes = 0;
  /** Whether all replicas count together at present. */
  async function shared(): Promise<boolean> {
    const key = `probe ${++probes}`;
    for (const replica of replicas) await replica.take(key, 2);
    return !(await replicas[0].take(key, 2)).ok;
  }
  async function flood(key: string, calls: number, perMinute: number): Promise<number> {
    const answers = await Promise.all(
      Array.from({ length: calls }, (_, index) => (replicas[index % 3] ?? replicas[0]).take(key, perMinute)),
    );
    return answers.filter(({ ok }) => ok).length;
  }

  it('A6: 600 calls over three replicas, 100 a minute: no more than 110 pass', async () => {
    const began = performance.now();
    const passed = await flood('token:a', 600, 100);
    expect(passed).toBeGreaterThanOrEqual(100);
    expect(passed).toBeLessThanOrEqual(101 + ((performance.now() - began) / 60_000) * 100);
  });

  it('counts each of several keys that come together for itself', async () => {
    const keys = Array.from({ length: 20 }, (_, index) => `token:together ${index}`);
    expect(await Promise.all(keys.map((key) => flood(key, 12, 5)))).toEqual(keys.map(() => 5));
  });

  it('says when the next call would pass, and keeps keys apart', async () => {
    const [first, second] = replicas;
    expect(await first.take('token:b', 1)).toEqual({ ok: true, retryAfterMs: 0 });
    const refused = await second.take('token:b', 1);
    expect(refused.ok).toBe(false);
    expect(refused.retryAfterMs).toBeGreaterThan(50_000);
    expect(refused.retryAfterMs).toBeLessThanOrEqual(60_000);
    expect((await second.take('token:c', 1)).ok).toBe(true);
  });

  it('lets through one call in each interval once the bucket is empty', async () => {
    while ((await replicas[0].take('token:d', 300)).ok);
    await eventually(async () => (await replicas[0].take('token:d', 300)).ok, { timeoutMs: 5_000 });
  });

  it('takes fractions exactly', async () => {
    for (const perMinute of [1, 3, 7, 59])
      expect(await flood(`token:${perMinute}`, perMinute + 3, perMinute)).toBe(perMinute);
  });

  it('forgets a bucket when it is full again', async () => {
    await replicas[0].take('token:e', 60_000);
    await eventually(async () => {
      await replicas[1].take('token:other', 60_000);
      return !(await place.remembers('token:e'));
    });
  });

  it('counts in each process while the place is away, on from what it knew, and together again afterwards', async () => {
    const [first] = replicas;
    while ((await first.take('token:used up', 2)).ok);
    await place.leave();
    if (!place.isDispensable) {
      await expect(first.take('token:f', 3)).rejects.toThrow();
      await place.comeBack();
      return eventually(() => shared());
    }
    const alone = [];
    for (let call = 0; call < 5; call++) alone.push((await first.take('token:f', 3)).ok);
    expect(alone).toEqual([true, true, true, false, false]);
    expect((await first.take('token:used up', 2)).ok).toBe(false);
    // Who did not know begins anew, once.
    expect((await replicas[1].take('token:used up', 2)).ok).toBe(true);
    await place.comeBack();
    await eventually(() => shared(), { timeoutMs: 20_000 });
  }, 60_000);

  it('gives no calls anew to a caller when the place comes and goes', async () => {
    const [, , third] = replicas;
    if (!place.isDispensable) return;
    const use = async () => {
      let passed = 0;
      while ((await third.take('token:flapping', 5)).ok) passed++;
      return passed;
    };
    await place.leave();
    expect(await use()).toBe(5);
    await place.comeBack();
    await eventually(() => shared(), { timeoutMs: 20_000 });
    const meanwhile = await use();
    expect(meanwhile).toBeLessThanOrEqual(6);
    await place.leave();
    expect(await use()).toBeLessThanOrEqual(1);
    await place.comeBack();
    await eventually(() => shared(), { timeoutMs: 20_000 });
  }, 60_000);

  it('is what the module gives to an app', async () => {
    const env = Env.load(place.env);
    const { url } = place.database;
    @Module({
      imports: [
        RuntimeModule.forRoot({ service: 'test', env, logger: silent }),
        StoreModule.forRoot({ url, secretsKeys: [Buffer.alloc(32)] }),
        RateLimitModule,
      ],
    })
    class AppModule {}
    const app = await NestFactory.createApplicationContext(AppModule, { logger: false });
    const limiter = app.get(RateLimiter, { strict: false });
    while ((await limiter.take('token:g', 3)).ok);
    expect((await replicas[0].take('token:g', 3)).ok).toBe(false);
    await app.close();
  });
});
