import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { redisIsHere, testDatabase, TestRedis, type TestDatabase } from '@vaultstream/testing';
import { Cluster } from './cluster.ts';
import { balancerProgram } from './world.ts';

const perMinute = 100;
const requests = 600;

const places = ['Postgres', ...(redisIsHere() ? ['Redis'] : [])];

describe.each(places)('A6: the rate limit of three API replicas, over %s', (place) => {
  const dir = mkdtempSync(join(tmpdir(), 'vaultstream-limit-'));
  let database: TestDatabase | undefined;
  let redis: TestRedis | undefined;
  let cluster: Cluster;

  beforeAll(async () => {
    database = await testDatabase();
    if (place === 'Redis') redis = await TestRedis.start();
    cluster = await Cluster.start({
      dir,
      counts: { api: 3 },
      env: {
        DATABASE_URL: database.url,
        ...(redis && { QUEUE_TYPE: 'bullmq', REDIS_URL: redis.url }),
        API_RATE_LIMIT: String(perMinute),
      },
      balancer: balancerProgram === undefined ? undefined : { program: balancerProgram },
    });
  }, 120_000);

  afterAll(async () => {
    await cluster?.stop();
    await Promise.all([database?.drop(), redis?.remove()]);
    rmSync(dir, { recursive: true, force: true });
  }, 60_000);

  const replicas = () => cluster.of('api').map(({ url }) => url);

  /** Asks these in turn, each time in somebody else's name. */
  async function hurry(token: string, bases: string[]): Promise<{ statuses: Record<number, number>; most: number }> {
    const statuses: Record<number, number> = {};
    const began = performance.now();
    for (let sent = 0; sent < requests; sent += 30)
      await Promise.all(
        Array.from({ length: 30 }, async (_, at) => {
          const forwarded = `203.0.113.${(sent + at) % 250}`;
          const headers = { 'x-api-token': token, 'x-forwarded-for': forwarded };
          const { status } = await cluster.call(
            'GET',
            '/api/v1/platforms',
            undefined,
            headers,
            bases[at % bases.length],
          );
          statuses[status] = (statuses[status] ?? 0) + 1;
        }),
      );
    // A full bucket, and what has run into it meanwhile.
    return { statuses, most: perMinute + Math.ceil(((performance.now() - began) / 60_000) * perMinute) + 1 };
  }

  it('lets a token make so many calls a minute in all, whichever replica is asked', async () => {
    const { statuses, most } = await hurry(cluster.token, replicas());
    expect((statuses[200] ?? 0) + (statuses[429] ?? 0)).toBe(requests);
    expect(statuses[200]).toBeGreaterThanOrEqual(perMinute);
    expect(statuses[200]).toBeLessThanOrEqual(most);
  }, 120_000);

  it('counts who has no valid token by address, and believes no X-Forwarded-For of his own', async () => {
    // Those who reach a replica directly are proxies by API_TRUSTED_PROXIES, so strangers come through the balancer.
    const { statuses, most } = await hurry('vs_nobodys_token_at_all', cluster.balancer ? [cluster.url] : replicas());
    expect((statuses[401] ?? 0) + (statuses[429] ?? 0)).toBe(requests);
    expect(statuses[401]).toBeLessThanOrEqual(most);
  }, 120_000);
});
