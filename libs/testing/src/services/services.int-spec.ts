import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { redisIsHere, TestRedis } from './test-redis.ts';
import { ownS3IsHere, TestS3 } from './test-s3.ts';

(redisIsHere() ? describe : describe.skip)('TestRedis', () => {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await TestRedis.start();
  });
  afterAll(() => redis.remove());

  it('answers, and keeps its data over a kill', async () => {
    expect(await redis.send('SET kept 1')).toBe('+OK');
    await redis.stop();
    await expect(redis.send('PING')).rejects.toThrow();
    await redis.start();
    expect(await redis.send('EXISTS kept')).toBe(':1');
    await redis.kill();
    await redis.start();
    expect(await redis.send('EXISTS kept')).toBe(':1');
  });
});

(ownS3IsHere() ? describe : describe.skip)('TestS3', () => {
  let s3: TestS3;
  beforeAll(async () => {
    s3 = await TestS3.start();
  }, 60_000);
  afterAll(() => s3.remove());

  it('answers, and again after a kill', async () => {
    expect((await fetch(s3.endpoint)).status).toBe(403);
    await s3.kill();
    await expect(fetch(s3.endpoint)).rejects.toThrow();
    await s3.start();
    expect((await fetch(s3.endpoint)).status).toBe(403);
  });
});
