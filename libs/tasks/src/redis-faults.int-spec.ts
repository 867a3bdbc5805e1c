import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { eventually, HalfOpenProxy, redisIsHere, TestRedis, type TestRedisOptions } from '@vaultstream/testing';
import { onParse, parseTask, recordParse, stop, TaskWorld } from '../test/task-world.ts';
import type { TaskSystem, TaskSystemOptions } from './task-system.ts';

jest.setTimeout(150_000);

(redisIsHere() ? describe : describe.skip)('a Redis that fails', () => {
  let world: TaskWorld;
  let redis: TestRedis | undefined;
  const systems: TaskSystem[] = [];
  beforeAll(async () => {
    world = await TaskWorld.make();
  });
  afterEach(async () => {
    await Promise.all(systems.splice(0).map((system) => stop(system)));
    await redis?.remove();
    await world.clear();
  });
  afterAll(() => world.end());

  async function given(options?: TestRedisOptions): Promise<TestRedis> {
    redis = await TestRedis.start(options);
    return redis;
  }
  const slowly = onParse(async (payload, context) => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    await recordParse(payload, context);
  });
  function start(
    redisUrl: string,
    fallback: 'postgres' | 'none' = 'none',
    options: Partial<TaskSystemOptions> = {},
  ): TaskSystem {
    const system = world.start(slowly, {
      queue: { type: 'bullmq', redisUrl, fallback },
      concurrency: { parse: 10 },
      ...options,
    });
    systems.push(system);
    return system;
  }
  const many = (count: number, first = 1) => Array.from({ length: count }, (_, index) => parseTask(first + index));
  const health = (system: TaskSystem) =>
    system.health.check().catch((error: Error) => ({ status: 'down', detail: error.message }));
  const isOk = (system: TaskSystem) => eventually(async () => (await health(system)).status === 'ok');
  const routes = () => world.lines.filter((line) => line['name'] === 'relay.route').map((line) => line['broker']);
  const half = (count: number) =>
    eventually(async () => (await world.effects()).length >= count / 2, { timeoutMs: 60_000 });
  async function expectExactlyOnce(count: number): Promise<void> {
    const effects = await world.effects();
    expect(effects).toHaveLength(count);
    expect(new Set(effects).size).toBe(count);
    expect((await world.deadLetters.list({ limit: 1 })).items).toEqual([]);
  }

  it('J4: killed with its append-only file and started again: nothing lost, the workers go on by themselves', async () => {
    const server = await given();
    const system = start(server.url);
    await world.append(...many(600));
    await half(600);
    await server.kill();
    await eventually(async () => (await health(system)).status === 'down');
    await server.start();
    await world.drained(60_000);
    await expectExactlyOnce(600);
    await isOk(system);
  });

  it('J5: killed without any file: what it had forgotten is sent again', async () => {
    const server = await given({ appendOnly: false });
    const system = start(server.url);
    await world.append(...many(600));
    await half(600);
    await server.kill();
    await server.start();
    await world.drained(60_000);
    await expectExactlyOnce(600);
    expect(await health(system)).toMatchObject({ status: 'ok', detail: expect.stringContaining('appendonly') });
  });

  it('J6: wiped while 2,000 tasks are half done: the rest is sent again at once, every effect once', async () => {
    const server = await given();
    start(server.url);
    await world.append(...many(2_000));
    await half(2_000);
    await server.send('FLUSHALL');
    await world.drained(90_000);
    await expectExactlyOnce(2_000);
    expect(routes()).toContain('redis');
  });

  it('J7: away, and nobody stands in: tasks wait in the log, health says why, all is done after its return', async () => {
    const server = await given();
    const system = start(server.url);
    await isOk(system);
    await server.kill();
    await world.append(...many(200));
    await eventually(async () => (await health(system)).detail === 'Redis is away.');
    await eventually(() => world.lines.some((line) => line['name'] === 'relay'));
    expect(await world.sql('SELECT DISTINCT state FROM tasks')).toEqual([{ state: 'ready' }]);
    await server.start();
    await world.drained(60_000);
    await expectExactlyOnce(200);
    expect(system.health.alive).toBe(true);
  });

  it('J7: away, and Postgres stands in: work flows meanwhile, and goes back by itself', async () => {
    const server = await given();
    const system = start(server.url, 'postgres');
    await isOk(system);
    await world.append(...many(400));
    await half(400);
    await server.kill();
    await world.append(...many(200, 401));
    await world.drained(60_000);
    await expectExactlyOnce(600);
    expect(await health(system)).toEqual({ status: 'down', detail: 'Redis is away.' });
    expect(routes()).toEqual(['postgres']);
    await server.start();
    await isOk(system);
    await eventually(() => routes().length === 2, { timeoutMs: 20_000 });
    expect(routes()).toEqual(['postgres', 'redis']);
    await world.append(...many(100, 601));
    await world.drained(60_000);
    await expectExactlyOnce(700);
  });

  it('J7: away from the start: Postgres stands in', async () => {
    const server = await given();
    await server.kill();
    const system = start(server.url, 'postgres');
    await world.append(...many(20));
    await world.drained(60_000);
    await expectExactlyOnce(20);
    await server.start();
    await isOk(system);
  });

  it('J8: stops answering: health goes red, nothing is done twice, and all goes on afterwards', async () => {
    const server = await given();
    const system = start(server.url);
    await world.append(...many(300));
    await half(300);
    await server.send('CLIENT PAUSE 20000 ALL');
    await eventually(async () => (await health(system)).status === 'down', { timeoutMs: 60_000 });
    await world.append(...many(100, 301));
    await world.drained(90_000);
    await expectExactlyOnce(400);
    await isOk(system);
    expect(system.health.alive).toBe(true);
  });

  it('J8: half-open connections are noticed and made anew', async () => {
    const server = await given();
    const proxy = await HalfOpenProxy.start(server.port);
    const system = start(`redis://127.0.0.1:${proxy.port}`);
    await isOk(system);
    await world.append(...many(10));
    await world.drained();
    proxy.freeze();
    await world.append(...many(10, 11));
    await world.drained(90_000);
    await expectExactlyOnce(20);
    await isOk(system);
    await stop(system);
    await proxy.close();
  });

  it('J9: full: tasks stay in the log and the reason is told; all is done once there is room', async () => {
    const server = await given();
    const system = start(server.url);
    await isOk(system);
    await server.send('CONFIG SET maxmemory 1');
    await world.append(...many(300));
    await eventually(async () => (await health(system)).detail === 'Redis is full: raise its maxmemory.');
    await eventually(() => world.lines.some((line) => line['name'] === 'relay'));
    expect(await world.sql(`SELECT 1 FROM tasks`)).toHaveLength(300);
    await server.send('CONFIG SET maxmemory 0');
    await world.drained(60_000);
    await expectExactlyOnce(300);
    await isOk(system);
  });

  it('J10: with a policy that evicts it is given no work, and health names the setting; put right, work begins', async () => {
    const server = await given({ policy: 'allkeys-lru' });
    const system = start(server.url);
    await world.append(...many(20));
    await eventually(async () => {
      const { status, detail } = await health(system);
      return status === 'down' && detail?.includes('maxmemory-policy is "allkeys-lru"');
    });
    expect(await world.sql('SELECT DISTINCT state, generation FROM tasks')).toEqual([
      { state: 'ready', generation: 0 },
    ]);
    await server.send('CONFIG SET maxmemory-policy noeviction');
    await world.drained(30_000);
    await expectExactlyOnce(20);
    await isOk(system);
  });

  it('takes password and database from the address, and says when the password is refused', async () => {
    const server = await given();
    await server.send('CONFIG SET requirepass open-sesame');
    const refused = start(`redis://:wrong@127.0.0.1:${server.port}/3`, 'none', { relay: false });
    await eventually(async () => (await health(refused)).detail === 'Redis refuses the user or password of REDIS_URL.');
    const system = start(`redis://:open-sesame@127.0.0.1:${server.port}/3`);
    await isOk(system);
    await world.append(parseTask(1));
    await world.drained();
    expect(JSON.stringify(world.lines)).not.toMatch(/open-sesame|wrong@/);
  });

  it('keeps little in Redis: nothing of what is done, and a short event stream', async () => {
    const server = await given();
    start(server.url);
    await world.append(...many(500));
    await world.drained(60_000);
    await eventually(
      async () => (await server.send('EXISTS vaultstream:parse:completed vaultstream:parse:failed')) === ':0',
    );
    expect(Number((await server.send('XLEN vaultstream:parse:events')).slice(1))).toBeLessThan(300);
    await eventually(async () => Number((await server.send('DBSIZE')).slice(1)) < 30);
  });

  it('does not keep a process from stopping while it is away', async () => {
    const server = await given();
    const system = start(server.url);
    await isOk(system);
    await world.append(parseTask(1));
    await world.drained();
    await server.kill();
    const startedAt = performance.now();
    await stop(system, 20_000);
    expect(performance.now() - startedAt).toBeLessThan(15_000);
  });
});
