import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { queueNames, type Scope } from '@vaultstream/contracts';
import { createHttpApp, createLogger, Env, routeTable, RuntimeModule } from '@vaultstream/runtime';
import { StoreModule, Tokens } from '@vaultstream/store';
import { eventually, redisIsHere, testDatabase, TestRedis, type TestDatabase } from '@vaultstream/testing';
import { Redis } from 'ioredis';
import { openBrokers } from '../broker/open-brokers.ts';
import { boardPath } from './board-policy.ts';
import { QueueBoardModule } from './queue-board.module.ts';

const basic = (password: string, user = 'anyone') => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
});

(redisIsHere() ? describe : describe.skip)('the queue board', () => {
  let redis: TestRedis;
  let database: TestDatabase;
  let app: NestFastifyApplication;
  let url: string;
  let admin: string;
  let reader: string;
  const logger = createLogger('test', { level: 'fatal', format: 'json' });

  async function boot(variables: Record<string, string>): Promise<NestFastifyApplication> {
    const queue = { QUEUE_TYPE: 'bullmq', REDIS_URL: redis.url, API_RATE_LIMIT: '0' };
    const env = Env.load({ DATABASE_URL: database.url, ...queue, ...variables });

    @Module({
      imports: [
        RuntimeModule.forRoot({ service: 'test', env, logger }),
        StoreModule.forRoot({ url: database.url, secretsKeys: [randomBytes(32)] }),
        QueueBoardModule,
      ],
    })
    class TestModule {}

    const made = await createHttpApp(TestModule, env, logger);
    await made.listen({ host: '127.0.0.1', port: 0 });
    return made;
  }

  beforeAll(async () => {
    [redis, database] = await Promise.all([TestRedis.start(), testDatabase()]);
    app = await boot({ QUEUE_BOARD: 'true' });
    url = `${await app.getUrl()}${boardPath}`;
    const maker = { tokenId: 'test', name: 'test', scopes: ['admin' as const] };
    const token = async (scope: Scope) =>
      (await app.get(Tokens).create(maker, { name: scope, scopes: [scope] })).token ?? '';
    [admin, reader] = [await token('admin'), await token('read')];
  });
  afterAll(async () => {
    await app.close();
    await Promise.all([redis.remove(), database.drop()]);
  });

  /** How many connections boards have to Redis. */
  async function connections(): Promise<number> {
    const client = new Redis(redis.url);
    const list = String(await client.client('LIST'));
    client.disconnect();
    return list.split('name=vaultstream-board').length - 1;
  }

  it('asks a browser for a token, lets in none but an admin, and connects to Redis for nobody else', async () => {
    const routes = routeTable(app).filter(({ url: path }) => path.startsWith(boardPath));
    expect(routes.length).toBeGreaterThan(30);
    for (const { method, url: path } of routes) {
      const target = `${await app.getUrl()}${path.replace(/:\w+/g, 'x').replace('*', 'x')}`;
      const stranger = await fetch(target, { method });
      expect([method, path, stranger.status]).toEqual([method, path, 401]);
      expect(stranger.headers.get('www-authenticate')).toBe('Basic realm="VaultStream", charset="UTF-8"');
      await stranger.arrayBuffer();
    }
    for (const headers of [basic('wrong'), basic(''), { authorization: 'Basic !' }, { 'x-api-token': 'wrong' }])
      expect((await fetch(`${url}/api/queues`, { headers })).status).toBe(401);
    for (const headers of [basic(reader), { 'x-api-token': reader }]) {
      const answer = await fetch(`${url}/api/queues`, { headers });
      expect(answer.status).toBe(403);
      expect(answer.headers.get('content-type')).toBe('application/problem+json');
      expect(answer.headers.get('www-authenticate')).toBeNull();
    }
    expect(await connections()).toBe(0);
  });

  it('shows an admin the page, with a policy of its own, and every queue', async () => {
    for (const path of ['', '/', '/queue/parse']) {
      const page = await fetch(`${url}${path}`, { headers: basic(admin) });
      expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
      expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self';/);
      expect(page.headers.get('cache-control')).toBe('no-store');
      const html = await page.text();
      expect(html).toContain(`<base href="${boardPath}/" />`);
      const script = /src="(static\/js\/main[^"]+)"/.exec(html)?.[1] ?? '';
      expect((await fetch(`${url}/${script}`, { headers: basic(admin) })).status).toBe(200);
    }
    const answer = await fetch(`${url}/api/queues`, { headers: { 'x-api-token': admin } });
    const { queues } = (await answer.json()) as { queues: { name: string; readOnlyMode: boolean }[] };
    expect(queues.map(({ name }) => name).sort()).toEqual([...queueNames].sort());
    expect(queues.every(({ readOnlyMode }) => readOnlyMode)).toBe(true);
    expect(await connections()).toBe(1);
    // Looking has written nothing.
    expect(await redis.send('DBSIZE')).toBe(':0');
  });

  it('lets nobody change anything, an admin neither', async () => {
    const { first } = await openBrokers(
      { type: 'bullmq', redisUrl: redis.url, fallback: 'none' },
      database.url,
      0,
      logger,
    );
    const wakeUp = { taskId: '01900000-0000-7000-8000-000000000001', generation: 1, queue: 'parse', priority: 5 };
    await first.publish('parse', [
      { ...wakeUp, trace: { request_id: null, traceparent: null } } as Parameters<typeof first.publish>[1][number],
    ]);
    const job = `${wakeUp.taskId}-1`;
    const size = await redis.send('DBSIZE');
    for (const { method, url: path } of routeTable(app)) {
      if (!path.startsWith(boardPath) || method === 'GET' || method === 'HEAD') continue;
      const target = path.replace(':queueName', 'parse').replace(':jobId', job).replace(/:\w+/g, 'waiting');
      const answer = await fetch(`${await app.getUrl()}${target}`, {
        method,
        headers: { ...basic(admin), 'content-type': 'application/json' },
        body: '{}',
      });
      expect([method, path, answer.status]).toEqual([method, path, 405]);
      await answer.arrayBuffer();
    }
    const shown = await fetch(`${url}/api/queues/parse/${job}`, { headers: basic(admin) });
    expect(await shown.json()).toMatchObject({ job: { id: job, data: { task_id: wakeUp.taskId, generation: 1 } } });
    expect(await redis.send('DBSIZE')).toBe(size);
    await first.close();
  });

  it('says so while Redis is away, and comes back with it', async () => {
    const look = (from: string) => fetch(`${from}/api/queues`, { headers: basic(admin) });
    await redis.kill();
    const fresh = await boot({ QUEUE_BOARD: 'true' });
    for (const from of [url, `${await fresh.getUrl()}${boardPath}`]) {
      const answer = await eventually(async () => {
        const one = await look(from);
        expect(one.status).toBe(503);
        return one;
      });
      expect(await answer.text()).not.toMatch(/127\.0\.0\.1|ECONN/);
    }
    await redis.start();
    for (const from of [url, `${await fresh.getUrl()}${boardPath}`])
      await eventually(async () => expect((await look(from)).status).toBe(200));
    expect(await connections()).toBe(2);
    await fresh.close();
    await eventually(async () => expect(await connections()).toBe(1));
  });

  it('is not there unless it is asked for, and never without Redis', async () => {
    const off: Record<string, string>[] = [{}, { QUEUE_BOARD: 'true', QUEUE_TYPE: 'postgres' }];
    for (const variables of off) {
      const without = await boot(variables);
      expect((await fetch(`${await without.getUrl()}${boardPath}`, { headers: basic(admin) })).status).toBe(404);
      await without.close();
    }
  });
});
