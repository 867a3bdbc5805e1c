import { poisonLimit, type AnyNewTask } from '@vaultstream/contracts';
import { eventually } from '@vaultstream/testing';
import { parseTask, planTask, TaskWorld } from '../../../libs/tasks/test/task-world.ts';
import { WorkerProcess } from '../../../libs/tasks/test/worker-process.ts';
import type { Row } from '../row.ts';

const good = { ci: 200, full: 500 };
/** No content has it. */
const pill = 999_999;

/**
 * A task that takes its process with it. Real processes of the task room with a handler of our own: no page can kill the product's parser
 * (it reads pages in a child), and its leases of 15 s would make ten deaths last for minutes.
 */
const poisonPill = (id: string, among: string, taskOf: (contentId: number) => AnyNewTask): Row => ({
  id,
  title: `poison pill among ${good.full} ${among} (${good.ci} in CI), workers of the task room: pill in the dead letters after <= ${poisonLimit} deaths`,
  inCi: true,
  async run(stage, { full }) {
    const count = full ? good.full : good.ci;
    const world = await TaskWorld.make(await stage.emptyDatabase());
    let finished = false;
    let deaths = 0;
    let worker: WorkerProcess | undefined;
    try {
      await world.append(...Array.from({ length: count }, (_, index) => taskOf(index + 1)), taskOf(pill));
      const fleet = (async () => {
        while (!finished) {
          const options = {
            url: world.url,
            name: 'fleet',
            concurrency: 10,
            leaseMs: 300,
            work: { minMs: 1, maxMs: 5 },
          };
          worker = new WorkerProcess({ ...options, pill });
          await worker.exited;
          if (!finished) deaths++;
        }
      })();
      await eventually(async () => (await world.sql('SELECT 1 FROM tasks LIMIT 1')).length === 0, {
        timeoutMs: 180_000,
        intervalMs: 200,
      });
      finished = true;
      await worker?.kill();
      await fleet;
      const effects = await world.effects();
      const distinct = new Set(effects).size;
      const letters = (await world.deadLetters.list({ limit: 5 })).items;
      const broken = deaths > poisonLimit ? [`${deaths} processes died`] : [];
      if (letters.length !== 1 || letters[0]?.error_type !== 'PoisonPill')
        broken.push(`dead letters: ${letters.map(({ error_type }) => error_type).join(', ') || 'none'}`);
      return {
        ...{
          acknowledged: count + 1,
          done: distinct + letters.length,
          lost: count - distinct,
          stuck: 0,
          kills: deaths,
          broken,
        },
        twice: effects.length - distinct,
        notes: [],
      };
    } finally {
      finished = true;
      await worker?.kill();
      await world.end();
    }
  },
});

export const j20 = poisonPill('J20', 'good tasks', (id) => parseTask(id));
export const j20b = poisonPill('J20B', 'good tasks that share wake-ups', (id) => planTask(id));
