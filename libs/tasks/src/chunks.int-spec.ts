import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { NetworkError, tasksOf, type Generation, type WakeUp } from '@vaultstream/contracts';
import { eventually, redisIsHere, TestRedis } from '@vaultstream/testing';
import { carriers } from '../test/carriers.ts';
import { onPlan, parseTask, planTask, recordParse, stop, TaskWorld } from '../test/task-world.ts';
import { WorkerProcess, type ChildOptions } from '../test/worker-process.ts';
import type { TaskSystem, TaskSystemOptions } from './task-system.ts';

jest.setTimeout(120_000);

/** Enough for wake-ups of 64 tasks. */
const flood = 600;

const many = (count: number) => Array.from({ length: count }, (_, index) => planTask(index + 1));
const soon = () => new Promise((resolve) => setTimeout(resolve, 5));

async function expectExactlyOnce(world: TaskWorld, count: number): Promise<void> {
  const effects = await world.effects();
  expect(effects).toHaveLength(count);
  expect(new Set(effects).size).toBe(count);
  expect((await world.deadLetters.list({ limit: 1 })).items).toEqual([]);
}

describe.each(carriers)('wake-ups that bear many tasks, over $name', ({ name, open }) => {
  /** Where the broker has no part in it, one is enough. */
  const once = (...test: Parameters<typeof it>) => void (name === 'Postgres' && it(...test));
  let world: TaskWorld;
  const systems: TaskSystem[] = [];
  const children: WorkerProcess[] = [];
  beforeAll(async () => {
    world = await open();
  });
  afterEach(async () => {
    await Promise.all(systems.splice(0).map((system) => stop(system)));
    await Promise.all(children.splice(0).map((child) => child.kill()));
    await world.clear();
  });
  afterAll(() => world.end());

  function start(run: Parameters<typeof onPlan>[0], options: Partial<TaskSystemOptions> = {}): TaskSystem {
    const system = world.start(onPlan(run), { concurrency: { plan: 8 }, ...options });
    systems.push(system);
    return system;
  }
  function spawn(options: Partial<ChildOptions> = {}): WorkerProcess {
    const child = new WorkerProcess({
      url: world.url,
      redisUrl: world.redis?.url,
      name: 'child',
      concurrency: 10,
      leaseMs: 2_000,
      work: { minMs: 20, maxMs: 40 },
      ...options,
    });
    children.push(child);
    return child;
  }
  const running = async () =>
    (await world.sql<{ n: number }>(`SELECT count(*)::int AS n FROM tasks WHERE state = 'running'`))[0]?.n ?? 0;
  const done = async () => (await world.effects()).length;

  it('do all of a flood, each once, in far fewer wake-ups than there are tasks', async () => {
    await world.append(...many(flood));
    const wakeUps = new Set<unknown>();
    start(async (payload, context) => {
      for (const { job } of await world.sql(
        `SELECT coalesce(wake_up, id || '-' || generation) AS job FROM tasks WHERE id = $1::uuid`,
        context.taskId,
      ))
        wakeUps.add(job);
      await recordParse(payload, context);
    });
    await world.drained();
    await expectExactlyOnce(world, flood);
    expect(wakeUps.size).toBeLessThan(flood / 10);
  });

  it('come back whole when their worker is killed', async () => {
    await world.append(...many(flood));
    const victim = spawn({ name: 'victim' });
    await eventually(async () => (await done()) > 20 && (await running()) > 20, { timeoutMs: 60_000 });
    await victim.kill();
    spawn({ name: 'heir' });
    await world.drained(60_000);
    await expectExactlyOnce(world, flood);
  });

  once('come back whole when their worker is killed right after it has claimed them, and then go alone', async () => {
    await world.append(...many(128));
    await spawn({ crashAt: 'after-claim', leaseMs: 500 }).exited;
    const suspects = await eventually(async () => {
      await world.store.expireLeases();
      expect(await running()).toBe(0);
      return world.sql<{ id: string }>(`SELECT id::text FROM tasks WHERE starts > failures`);
    });
    expect(suspects.length).toBeGreaterThan(10);
    // What else lies at the broker is lost with it, so that all are handed over anew.
    await world.wipeBroker();
    await world.sql(`UPDATE tasks SET state = 'ready'`);
    const wakeUps = await world.store.takeReady({ plan: 1_000 }, world.queue.type === 'bullmq' ? 'redis' : 'postgres');
    const alone = new Set(wakeUps.filter(({ others }) => others === undefined).map(({ taskId }) => taskId));
    expect(suspects.filter(({ id }) => !alone.has(id))).toEqual([]);
    expect(wakeUps.some(({ others }) => others !== undefined)).toBe(true);
    await world.sql(`UPDATE tasks SET state = 'ready'`);
    spawn();
    await world.drained(60_000);
    await expectExactlyOnce(world, 128);
  });

  it('that a broker has lost are sent again', async () => {
    await world.append(...many(flood));
    start(async (payload, context) => {
      await soon();
      await recordParse(payload, context);
    });
    await eventually(async () => (await done()) >= 50);
    await world.wipeBroker();
    await world.drained(60_000);
    await expectExactlyOnce(world, flood);
  });

  it('that wait at the broker are left alone by the sweep, and those that it has lost are put back', async () => {
    await world.append(...many(flood));
    const broker = await world.broker();
    const wakeUps = await world.store.takeReady({ plan: 1_000 }, broker.name);
    const [lost, ...sent] = wakeUps;
    await broker.publish('plan', sent);
    const stale = await eventually(async () => {
      const found = await world.store.staleQueued(1, 1_000);
      expect(found.length).toBeGreaterThan(500);
      return found;
    });
    const held = new Set((await broker.holds('plan', stale)).map(({ taskId }) => taskId));
    expect(held.size).toBe(stale.length - 1 - (lost?.others?.length ?? 0));
    expect(held.has(lost?.taskId ?? '')).toBe(false);
    await broker.close();
  });

  it('that come twice are done once', async () => {
    await world.append(...many(64));
    const broker = await world.broker();
    const wakeUps = await world.store.takeReady({ plan: 1_000 }, broker.name);
    // Under another name: a broker drops one that it knows.
    const [leader, other, ...rest] = wakeUps.flatMap(tasksOf) as [Generation, Generation, ...Generation[]];
    await broker.publish('plan', wakeUps);
    await broker.publish('plan', [{ ...(wakeUps[0] as WakeUp), ...other, others: [leader, ...rest] }]);
    start(recordParse);
    await world.drained();
    await expectExactlyOnce(world, 64);
    await broker.close();
  });

  once(
    'with slow tasks do not hold the others: those that wait are handed back, and another process does them',
    async () => {
      await world.append(...many(64));
      let release: () => void = () => undefined;
      const released = new Promise<void>((resolve) => (release = resolve));
      // Holds both of its slots until the end.
      start(
        async (payload, context) => {
          await released;
          await recordParse(payload, context);
        },
        { concurrency: { plan: 2 }, limits: { leaseMs: 1_500 } },
      );
      await eventually(async () => (await running()) > 2);
      start(recordParse);
      await eventually(async () => expect(await done()).toBe(62), { timeoutMs: 30_000 });
      release();
      await world.drained();
      await expectExactlyOnce(world, 64);
      expect(await world.sql('SELECT 1 FROM tasks')).toEqual([]);
    },
  );

  once('with a failing task finish the others, and it alone is tried again', async () => {
    await world.append(...many(64));
    start(async (payload, context) => {
      if (payload.content_id === 7 && context.attempt === 1) throw new NetworkError('reset');
      await recordParse(payload, context);
    });
    await world.drained();
    await expectExactlyOnce(world, 64);
    expect(world.runs.filter(({ outcome }) => outcome === 'retried')).toHaveLength(1);
  });

  it('are spread over the processes, and handed back by one that stops', async () => {
    await world.append(...many(256));
    const counts = [0, 0];
    const counting = (index: number) =>
      start(async (payload, context) => {
        await new Promise((resolve) => setTimeout(resolve, 50));
        await recordParse(payload, context);
        counts[index] = (counts[index] ?? 0) + 1;
      });
    const [first] = [counting(0), counting(1)];
    await eventually(() => counts.every((count) => count > 20), { timeoutMs: 30_000 });
    await stop(first);
    expect(await world.sql(`SELECT 1 FROM tasks WHERE starts > 1`)).toEqual([]);
    await world.drained();
    await expectExactlyOnce(world, 256);
  });

  once('bear tasks of one priority, the urgent before the others', async () => {
    await world.append(...Array.from({ length: 64 }, (_, index) => planTask(index + 1, index % 2 === 0 ? 1 : 9)));
    start(recordParse, { concurrency: { plan: 1 } });
    await world.drained();
    const urgent = (await world.effects()).slice(0, 32).filter((key) => key % 2 === 1);
    expect(urgent.length).toBeGreaterThan(28);
  });

  once('of one task is all that lone tasks get', async () => {
    for (let id = 1; id <= 5; id++) {
      await world.append(planTask(id));
      const [wakeUp] = await world.store.takeReady({ plan: 10 }, 'test');
      expect(wakeUp?.others).toBeUndefined();
      expect(await world.sql('SELECT wake_up FROM tasks WHERE id = $1::uuid', wakeUp?.taskId)).toEqual([
        { wake_up: null },
      ]);
    }
  });

  once('leave alone what an earlier release has put into other queues', async () => {
    await world.append(planTask(1), parseTask(2));
    await world.sql(`UPDATE tasks SET queue = 'push' WHERE name = 'delivery.plan'`);
    start(recordParse, { concurrency: { push: 1, plan: 1 } });
    await eventually(async () => (await done()) === 1);
    expect(await world.effects()).toEqual([1]);
  });
});

(redisIsHere() ? describe : describe.skip)('wake-ups that bear many tasks, with a broker that stands in', () => {
  it('are taken back from a Redis that is away and done over Postgres, each once', async () => {
    const world = await TaskWorld.make();
    const redis = await TestRedis.start();
    await world.append(...many(flood));
    const system = world.start(
      onPlan(async (payload, context) => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        await recordParse(payload, context);
      }),
      { queue: { type: 'bullmq', redisUrl: redis.url, fallback: 'postgres' }, concurrency: { plan: 4 } },
    );
    await eventually(async () => (await world.effects()).length >= 100, { timeoutMs: 60_000 });
    await redis.kill();
    await world.drained(60_000);
    await expectExactlyOnce(world, flood);
    expect(world.lines.filter(({ name }) => name === 'relay.route').map(({ broker }) => broker)).toContain('postgres');
    await stop(system);
    await world.end();
    await redis.remove();
  });
});
