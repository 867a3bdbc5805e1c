import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { TestRedis } from '@vaultstream/testing';
import { Child } from '../../scale/child.ts';
import { expectRedis } from '../missing.ts';
import type { Row, Tally } from '../row.ts';

/** As J1, but for pages. */
const jobs = 2_000;
const kills = 12;
/** At random, so that kills do not keep the beat of BullMQ's own look for stalled jobs, and miss those that it has just given out again. */
const killEveryMs = { least: 500, most: 1_500 };
const tries = 5;

/**
 * J3, the guard: BullMQ alone, with its default `maxStalledCount` of 1, under the same kills. It must lose something: otherwise the zeros of the
 * other rows would mean nothing.
 */
export const j3: Row = {
  id: 'J3',
  title: `guard: bare BullMQ without a task log, maxStalledCount 1, ${kills} kills: the harness must see loss within ${tries} tries`,
  inCi: true,
  guard: true,
  async run(stage) {
    expectRedis();
    for (let attempt = 1; ; attempt++) {
      const tally = await runBare(stage.dir);
      const seen = tally.lost > 0;
      if (!seen && attempt < tries) continue;
      return {
        ...tally,
        broken: seen ? [] : ['it saw none'],
        notes: [`try ${attempt}: ${tally.lost} lost, as expected of it`],
      };
    }
  },
};

async function runBare(dir: string): Promise<Tally> {
  const redis = await TestRedis.start();
  const queue = new Queue('bare', { connection: { url: redis.url } });
  const client = new Redis(redis.url);
  const workers = [1, 2].map((index) => bareWorker(redis.url, dir, index));
  try {
    await queue.addBulk(
      Array.from({ length: jobs }, (_, id) => ({
        name: 'job',
        data: { id },
        opts: { jobId: `j${id}`, removeOnComplete: true },
      })),
    );
    for (const worker of workers) worker.spawn();
    let killed = 0;
    for (; killed < kills; killed++) {
      await sleep(killEveryMs.least + Math.random() * (killEveryMs.most - killEveryMs.least));
      const victim = workers[killed % workers.length];
      await victim?.kill();
      victim?.spawn();
    }
    for (let idle = 0; idle < 4; await sleep(500)) {
      const { wait = 0, active = 0, prioritized = 0 } = await queue.getJobCounts('wait', 'active', 'prioritized');
      idle = wait + active + prioritized === 0 ? idle + 1 : 0;
    }
    const effects = await client.lrange('effects', 0, -1);
    const done = new Set(effects).size;
    const counts = { acknowledged: jobs, done, lost: jobs - done, twice: effects.length - done };
    return { ...counts, stuck: 0, kills: killed, broken: [], notes: [] };
  } finally {
    await Promise.all(workers.map((worker) => worker.kill()));
    await queue.close();
    client.disconnect();
    await redis.remove();
  }
}

function bareWorker(url: string, dir: string, index: number): Child {
  const root = join(import.meta.dirname, '../../..');
  return new Child({
    name: `bare-${index}`,
    command: [
      process.execPath,
      '--import',
      join(root, 'scripts/source.mjs'),
      join(import.meta.dirname, '../bare-child.ts'),
      url,
    ],
    cwd: root,
    env: { PATH: process.env['PATH'] ?? '' },
    logFile: join(dir, `bare-${index}.log`),
    probe: async () => undefined,
  });
}
