import { once } from 'node:events';
import type { AnyNewTask } from '@vaultstream/contracts';
import { Metrics } from '@vaultstream/runtime';
import { Database, PostgresTaskLog, PostgresTaskStore } from '@vaultstream/store';
import { TaskSystem, type TaskSystemOptions } from '../../libs/tasks/src/task-system.ts';
import { Queue, Worker } from 'bullmq';
import { inParallel, median, percentile, rate, type Figure } from './measure.ts';
import { logger, type Services } from './services.ts';

const tasks = 10_000;
/** Tasks of one transaction, jobs of one `addBulk`. */
const batch = 100;
/** Enough on both sides for the machine, and not the waiting for answers, to set the pace. */
const concurrency = 64;
const rounds = 5;

/**
 * Tasks a second through log, relay, BullMQ on Redis and commit, against jobs a second through bare BullMQ on the same Redis: one process
 * each, the same batches, the same concurrency, a handler that does nothing. The two take turns; the median of each counts.
 */
export async function taskPath(services: Services): Promise<Figure> {
  const url = await services.database('bench_tasks');
  const ours: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < rounds; round++) {
    bare.push(await bareRate(services.redis.url));
    ours.push(await ourRate(url, services.redis.url));
  }
  return rate('tasks: log + relay + BullMQ + commit', median(ours), median(bare), 0.5);
}

async function bareRate(redisUrl: string): Promise<number> {
  const connection = { url: redisUrl, maxRetriesPerRequest: null };
  const name = `bare-${Date.now()}`;
  const queue = new Queue(name, { connection });
  let left = tasks;
  const worker = new Worker(
    name,
    async () => {
      if (--left === 0) worker.emit('drained-for-bench' as 'drained');
    },
    { connection, concurrency, autorun: false },
  );
  await worker.waitUntilReady();
  const done = once(worker, 'drained-for-bench');
  const start = performance.now();
  void worker.run();
  for (let from = 0; from < tasks; from += batch)
    await queue.addBulk(
      Array.from({ length: batch }, (_, index) => ({
        name: 'job',
        data: { task_id: String(from + index) },
        opts: { removeOnComplete: true },
      })),
    );
  await done;
  const seconds = (performance.now() - start) / 1_000;
  await worker.close();
  await queue.obliterate({ force: true });
  await queue.close();
  return tasks / seconds;
}

async function ourRate(databaseUrl: string, redisUrl: string): Promise<number> {
  let left = tasks;
  let finished = () => undefined as void;
  const done = new Promise<void>((resolve) => {
    finished = resolve;
  });
  const world = openWorld(databaseUrl, redisUrl, async () => {
    if (--left === 0) finished();
  });
  await world.ready();
  const start = performance.now();
  for (let from = 0; from < tasks; from += batch)
    await world.append(Array.from({ length: batch }, (_, index) => parseTask(from + index + 1)));
  await done;
  const seconds = (performance.now() - start) / 1_000;
  await world.close();
  return tasks / seconds;
}

/** Milliseconds from the commit of a task until its handler starts, one at a time on an idle system. */
export async function pickUp(services: Services): Promise<Figure[]> {
  const url = await services.database('bench_pickup');
  let started = (_at: number): void => undefined;
  const world = openWorld(url, services.redis.url, async () => started(performance.now()));
  await world.ready();
  const waits: number[] = [];
  await inParallel(300, 1, async (index) => {
    const begun = new Promise<number>((resolve) => {
      started = resolve;
    });
    await world.append([parseTask(index + 1)]);
    const committed = performance.now();
    waits.push(Math.max(0, (await begun) - committed));
    // Off the beat of any poll.
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 60));
  });
  await world.close();
  return [
    { name: 'pick-up, p50', p: 0.5, goalMs: 50 },
    { name: 'pick-up, p95', p: 0.95, goalMs: 50 },
  ].map(({ name, p, goalMs }) => {
    const ours = percentile(waits, p);
    return { name, ours, bare: goalMs, unit: 'ms', ratio: ours / goalMs, goal: `<= ${goalMs} ms`, met: ours <= goalMs };
  });
}

function openWorld(databaseUrl: string, redisUrl: string, run: () => Promise<void>) {
  const db = new Database({ url: databaseUrl, poolSize: concurrency + 4 });
  const log = new PostgresTaskLog();
  const system = new TaskSystem({
    databaseUrl,
    queue: { type: 'bullmq', redisUrl, fallback: 'none' },
    store: new PostgresTaskStore(db),
    unitOfWork: db,
    logger,
    metrics: new Metrics(logger),
    schedules: undefined,
    handlers: { 'content.parse': { run } },
    concurrency: { parse: concurrency },
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

function parseTask(content_id: number): AnyNewTask {
  return { name: 'content.parse', payload: { content_id }, trace: { request_id: null, traceparent: null } };
}
