import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { eventually } from '@vaultstream/testing';
import { carriers } from '../test/carriers.ts';
import { onParse, parseTask, recordParse, stop, type TaskWorld } from '../test/task-world.ts';
import { WorkerProcess, type ChildOptions, type CrashPoint } from '../test/worker-process.ts';

/** The sizes of the matrix (2,000 tasks, 20 runs a crash point), and J20, are those of `npm run test:chaos`, with the product's own processes. */
const tasksUnderFire = 300;
const kills = 6;
const runsPerCrashPoint = 1;

jest.setTimeout(180_000);

describe.each(carriers)('processes that are killed, over $name', ({ name, open }) => {
  /** Where the broker has no part in it, one is enough. */
  const once = (...test: Parameters<typeof it>) => void (name === 'Postgres' && it(...test));
  let world: TaskWorld;
  const children = new Set<WorkerProcess>();
  beforeAll(async () => {
    world = await open();
  });
  afterEach(async () => {
    await Promise.all([...children].map((child) => child.kill()));
    children.clear();
    await world.clear();
  });
  afterAll(() => world.end());

  function spawn(options: Partial<ChildOptions> = {}): WorkerProcess {
    const child = new WorkerProcess({
      url: world.url,
      redisUrl: world.redis?.url,
      name: 'child',
      concurrency: 10,
      leaseMs: 2_000,
      work: { minMs: 80, maxMs: 140 },
      ...options,
    });
    children.add(child);
    return child;
  }
  const many = (count: number) => Array.from({ length: count }, (_, index) => parseTask(index + 1));
  const done = async () => (await world.effects()).length;
  async function expectExactlyOnce(count: number): Promise<void> {
    const effects = await world.effects();
    expect(effects).toHaveLength(count);
    expect(new Set(effects).size).toBe(count);
    expect((await world.deadLetters.list({ limit: 1 })).items).toEqual([]);
  }

  it(`J1, J2: ${tasksUnderFire} tasks, two workers, ${kills} times kill -9: nothing lost, every effect once`, async () => {
    await world.append(...many(tasksUnderFire));
    const pair = [spawn(), spawn()];
    let killed = 0;
    while (killed < kills) {
      const threshold = ((killed + 1) * tasksUnderFire) / (kills + 2);
      const index = killed % pair.length;
      const victim = pair[index] as WorkerProcess;
      await eventually(async () => victim.ready && (await done()) >= threshold, { timeoutMs: 60_000 });
      await victim.kill();
      killed++;
      pair[index] = spawn();
    }
    await world.drained(60_000);
    await expectExactlyOnce(tasksUnderFire);
  });

  const ofBroker: CrashPoint[] = ['before-publish', 'after-publish', 'after-claim'];
  const points: CrashPoint[] = name === 'Postgres' ? [...ofBroker, 'before-commit', 'after-commit'] : ofBroker;
  it.each(points)('J17: killed at "%s": nothing lost, nothing twice', async (crashAt) => {
    for (let run = 1; run <= runsPerCrashPoint; run++) {
      await world.append(parseTask(run));
      await spawn({ crashAt, leaseMs: 500 }).exited;
    }
    spawn({ leaseMs: 500 });
    await world.drained(60_000);
    await expectExactlyOnce(runsPerCrashPoint);
  });

  once('J19: what a stopped worker writes when it comes back is rejected', async () => {
    await world.append(...many(10));
    const zombie = spawn({ name: 'zombie', leaseMs: 600, work: { minMs: 1_500, maxMs: 1_500 } });
    await eventually(async () => (await world.sql(`SELECT 1 FROM tasks WHERE state = 'running'`)).length === 10, {
      timeoutMs: 60_000,
    });
    zombie.signal('SIGSTOP');
    const heir = world.start(onParse(recordParse));
    await world.drained(30_000);
    zombie.signal('SIGCONT');
    const fenced = () => zombie.lines.filter((line) => line['outcome'] === 'fenced');
    await eventually(() => fenced().length === 10, { timeoutMs: 30_000 });
    expect(await world.sql(`SELECT DISTINCT run FROM effects`)).toEqual([{ run: 'test' }]);
    await expectExactlyOnce(10);
    await stop(heir);
  });
});
