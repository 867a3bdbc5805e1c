import { tasks as catalog, type AnyNewTask, type TaskName } from '@vaultstream/contracts';
import { Metrics } from '@vaultstream/runtime';
import { Database, PostgresTaskLog, PostgresTaskStore } from '@vaultstream/store';
import { TaskSystem, type TaskSystemOptions } from '../../libs/tasks/src/task-system.ts';
import { atLeast, atMostMs, inParallel, percentile, type Sample } from './measure.ts';
import { batch, concurrency, type BenchOptions } from './options.ts';
import { bullmqRate } from './peers/bullmq.ts';
import { countdown } from './peers/countdown.ts';
import { logger, type Services } from './services.ts';

/** What carries the wake-ups. */
export type Broker = 'Redis' | 'Postgres';
/** One that waits for strangers' servers, and one that is quick. */
export type BenchTask = Extract<TaskName, 'content.parse' | 'delivery.plan'>;

/**
 * Tasks that each have a wake-up of their own, a second, through log, relay, BullMQ on Redis and commit, against jobs a second through bare
 * BullMQ on the same Redis: one process each, the same batches, the same concurrency, a handler that does nothing.
 */
export async function taskPath(services: Services, { sizes }: BenchOptions): Promise<Sample[]> {
  const bare = await bullmqRate(services.redis.url, sizes.tasks);
  const ours = await taskRate(services, 'content.parse', 'Redis', sizes.tasks);
  const name = 'tasks of the network, against bare BullMQ';
  return [{ name, ours, bare, unit: 'per second', goal: atLeast(0.5) }];
}

/** Tasks a second, from the first append to the end of the last handler. */
export async function taskRate(services: Services, task: BenchTask, broker: Broker, count: number): Promise<number> {
  const databaseUrl = await services.database('tasks');
  const { done, one } = countdown(count);
  const system = openSystem(databaseUrl, services, { task, broker }, one);
  await system.ready();
  const start = performance.now();
  for (let from = 0; from < count; from += batch)
    await system.append(
      Array.from({ length: Math.min(batch, count - from) }, (_, index) => newTask(task, from + index + 1)),
    );
  await done;
  const seconds = (performance.now() - start) / 1_000;
  await system.close();
  return count / seconds;
}

/** Milliseconds from the commit of a task until its handler starts, one at a time on an idle system, held against 15 ms. */
export async function pickUp(services: Services, { sizes }: BenchOptions): Promise<Sample[]> {
  const url = await services.database('pickup');
  let started = (_at: number): void => undefined;
  const task = 'content.parse';
  const system = openSystem(url, services, { task, broker: 'Redis' }, async () => started(performance.now()));
  await system.ready();
  const waits: number[] = [];
  await inParallel(sizes.pickUps, 1, async (index) => {
    const begun = new Promise<number>((resolve) => {
      started = resolve;
    });
    await system.append([newTask(task, index + 1)]);
    const committed = performance.now();
    waits.push(Math.max(0, (await begun) - committed));
    // Off the beat of any poll.
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 60));
  });
  await system.close();
  const goalMs = 15;
  return [
    { name: 'pick-up, p50', p: 0.5 },
    { name: 'pick-up, p95', p: 0.95 },
  ].map(({ name, p }) => ({
    name,
    ours: percentile(waits, p),
    bare: goalMs,
    unit: 'ms' as const,
    goal: atMostMs(goalMs),
  }));
}

function openSystem(
  databaseUrl: string,
  { redis }: Services,
  { task, broker }: { task: BenchTask; broker: Broker },
  run: () => Promise<void>,
) {
  const db = new Database({ url: databaseUrl, poolSize: concurrency + 4 });
  const log = new PostgresTaskLog();
  const system = new TaskSystem({
    databaseUrl,
    queue: broker === 'Redis' ? { type: 'bullmq', redisUrl: redis.url, fallback: 'none' } : { type: 'postgres' },
    store: new PostgresTaskStore(db),
    unitOfWork: db,
    logger,
    metrics: new Metrics(logger),
    schedules: undefined,
    handlers: { [task]: { run } },
    concurrency: { [catalog[task].queue]: concurrency },
    relay: true,
    soleOwner: false,
  } as unknown as TaskSystemOptions);
  return {
    append: (batchOf: AnyNewTask[]) => db.transact((tx) => log.append(tx, batchOf)),
    async ready() {
      system.start();
      while (system.health.parts === undefined) await new Promise((resolve) => setTimeout(resolve, 20));
    },
    async close() {
      await system.stopScheduler();
      await system.stopRelay();
      await system.stopWorkers(5_000);
      await db.close();
    },
  };
}

function newTask(name: BenchTask, content_id: number): AnyNewTask {
  return { name, payload: { content_id }, trace: { request_id: null, traceparent: null } };
}
