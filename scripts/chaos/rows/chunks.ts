import { eventually, TestRedis } from '@vaultstream/testing';
import { planTask, TaskWorld } from '../../../libs/tasks/test/task-world.ts';
import { WorkerProcess } from '../../../libs/tasks/test/worker-process.ts';
import { expectRedis } from '../missing.ts';
import type { Row } from '../row.ts';

const tasks = 3_000;
const kills = 10;
/** Of the tasks: when Redis is wiped. */
const wipedAt = 0.5;

/**
 * J35: wake-ups of many tasks, under everything that has killed those of one. Processes of the task room, whose effects show every double: a plan
 * that is made twice writes nothing the second time.
 */
export const j35: Row = {
  id: 'J35',
  title: `${tasks} tasks that share wake-ups: ${kills} times kill -9 of a worker in turn, and Redis wiped half-way`,
  inCi: false,
  async run(stage) {
    expectRedis();
    const redis = await TestRedis.start();
    const world = await TaskWorld.make(await stage.emptyDatabase(), redis);
    const spawn = () =>
      new WorkerProcess({
        ...{ url: world.url, redisUrl: redis.url, name: 'worker', concurrency: 4, leaseMs: 2_000 },
        work: { minMs: 20, maxMs: 60 },
      });
    const pair = [spawn(), spawn()];
    try {
      for (let from = 1; from <= tasks; from += 500)
        await world.append(...Array.from({ length: 500 }, (_, index) => planTask(from + index)));
      const done = async () => (await world.effects()).length;
      let wiped = false;
      for (let killed = 0; killed < kills; killed++) {
        const part = (killed + 1) / (kills + 2);
        const victim = pair[killed % 2] as WorkerProcess;
        await eventually(async () => victim.ready && (await done()) >= tasks * part, { timeoutMs: 120_000 });
        await victim.kill();
        pair[killed % 2] = spawn();
        if (wiped || part < wipedAt) continue;
        await redis.send('FLUSHALL');
        wiped = true;
      }
      await world.drained(120_000);
      const effects = await world.effects();
      const distinct = new Set(effects).size;
      const letters = (await world.deadLetters.list({ limit: 5 })).items;
      return {
        ...{ acknowledged: tasks, done: distinct, lost: tasks - distinct, twice: effects.length - distinct, stuck: 0 },
        kills: kills + 1,
        broken: letters.map(({ error_type }) => `dead letter: ${error_type}`),
        notes: [],
      };
    } finally {
      await Promise.all(pair.map((worker) => worker.kill()));
      await world.end();
    }
  },
};
