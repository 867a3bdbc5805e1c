import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../eventually.ts';
import { prometheusIsHere, promtool, TestPrometheus } from './test-prometheus.ts';
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

(prometheusIsHere() ? describe : describe.skip)('TestPrometheus', () => {
  const config = (host: string) => `
global: { scrape_interval: 200ms }
scrape_configs:
  - job_name: itself
    static_configs: [{ targets: ['${host}'] }]
`;
  let prometheus: TestPrometheus;
  beforeAll(async () => {
    prometheus = await TestPrometheus.start(config);
  });
  afterAll(() => prometheus.remove());

  it('reads its targets and answers queries, and says what is wrong with one', async () => {
    await eventually(async () => {
      expect(await prometheus.targets()).toMatchObject([{ labels: { job: 'itself' }, health: 'up' }]);
      expect(await prometheus.query('up')).toMatchObject([{ labels: { job: 'itself' }, value: 1 }]);
    });
    expect(await prometheus.query('1 + 1')).toEqual([{ labels: {}, value: 2 }]);
    await expect(prometheus.query('sum(')).rejects.toThrow('parse error');
    expect(await prometheus.rules()).toEqual([]);
  });

  it('has promtool beside it', () => {
    expect(promtool('check', 'metrics', '--help').code).toBe(0);
    expect(promtool('no-such-command').code).not.toBe(0);
  });
});
