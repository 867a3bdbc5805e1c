import { mkdir, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@vaultstream/testing';
import type { Act } from '../../test/pool-child.ts';
import { ChildPool, type PoolOptions } from './child-pool.ts';
import { endByClock, type JobLimits } from './job-kind.ts';
import type { JobTurn } from './pool-job.ts';

const limits: JobLimits = { wallMs: 20_000, cpuMs: 15_000, rss: 512 * 1_048_576, heapMb: 128 };
const open: ChildPool[] = [];
afterEach(async () => void (await Promise.all(open.splice(0).map((pool) => pool.close()))));

function poolOf(options: PoolOptions = {}, own: Partial<JobLimits> = {}) {
  const entry = new URL('../../test/pool-child.ts', import.meta.url);
  const pool = new ChildPool({ name: 'test', entry, limits: { ...limits, ...own } }, options);
  open.push(pool);
  return {
    pool,
    run: <Answer = unknown>(act: Act, turn: Partial<JobTurn> = {}) => pool.run<Answer>(act, { key: 'a', ...turn }),
  };
}

interface Who {
  pid: number;
  uid: number;
  nice: number;
  env: string[];
}

const alive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

const onLinux = process.platform === 'linux' ? it : it.skip;
const asRoot = process.getuid?.() === 0 ? it : it.skip;

describe('ChildPool', () => {
  it('works with several children at once, ends them when idle, and starts them anew', async () => {
    const { pool, run } = poolOf({ size: 2, idleMs: 50 });
    expect(pool.pids).toEqual([]);
    const [first, second] = await Promise.all([run({ act: 'wait', ms: 1_500 }), run({ act: 'wait', ms: 1_500 })]);
    expect(first).not.toBe(second);
    await eventually(() => pool.pids.length === 0);
    expect((await run<Who>({ act: 'who' })).pid).not.toBe(first);
  });

  it('carries bytes there and back', async () => {
    const bytes = Buffer.alloc(3_000_000, 7);
    const answer = await poolOf().run<Uint8Array>({ act: 'echo', bytes });
    expect(Buffer.from(answer).equals(bytes)).toBe(true);
  });

  it('tells all who wait when the system refuses to start a child, and leaves no rejection that nobody hears', async () => {
    const unheard: unknown[] = [];
    const hear = (reason: unknown) => void unheard.push(reason);
    process.on('unhandledRejection', hear);
    try {
      const entry = new URL('../../test/there-is-none.ts', import.meta.url);
      const pool = new ChildPool({ name: 'test', entry, limits }, { size: 2 });
      open.push(pool);
      const ends = await Promise.allSettled(
        ['a', 'b'].map((key) => pool.run({ act: 'who' }, { key, patienceMs: 200 })),
      );
      for (const end of ends)
        expect(end).toMatchObject({ status: 'rejected', reason: { name: 'InfrastructureError', retryAfterMs: 5_000 } });
      await new Promise((resolve) => setImmediate(resolve));
      expect(unheard).toEqual([]);
    } finally {
      process.off('unhandledRejection', hear);
    }
  });

  it('M6: jobs of different keys take turns', async () => {
    const { run } = poolOf({ size: 1 });
    const order: string[] = [];
    const job = (key: string) => run({ act: 'wait', ms: 1 }, { key, onStart: () => order.push(key) });
    await Promise.all([...['a', 'a', 'a', 'a', 'b', 'b', 'c'].map(job)]);
    expect(order.join('')).toBe('abcabaa');
  });

  describe('slow jobs', () => {
    /** Longer than a quick job may, and that of a quick one: milliseconds of CPU. */
    const [long, short] = [1_000, 20];
    const jobsOf = (size: number, slowMs = 150) => {
      const { run, pool } = poolOf({ size, slowMs }, { wallMs: 100_000 });
      const begun: string[] = [];
      const ended: string[] = [];
      const job = (key: string, ms: number, turn: Partial<JobTurn> = {}) =>
        run({ act: 'burn', ms }, { key, patienceMs: 100_000, onStart: () => void begun.push(key), ...turn }).then(
          () => void ended.push(key),
        );
      /** Resolves when all children are there. */
      const warm = () =>
        eventually(async () => {
          const pids = await Promise.all(Array.from({ length: size }, () => run({ act: 'wait', ms: 100 })));
          return new Set(pids).size === size;
        });
      return { pool, job, begun, ended, warm };
    };

    it('M6: two of keys that nobody knows do not keep both children: one waits until the others are done', async () => {
      const { job, begun, ended, warm } = jobsOf(2);
      await warm();
      let waits = 0;
      const slow = ['x', 'y'].map((key) => job(key, long, { onWait: () => waits++ }));
      const quick = Array.from({ length: 12 }, (_, n) => job(`innocent ${n}`, short));
      await Promise.all(quick);
      expect(ended.filter((key) => key.length === 1).length).toBeLessThanOrEqual(1);
      await Promise.all(slow);
      // Sent back once and begun anew, not more often; each answer comes once.
      expect(waits).toBe(1);
      expect(begun.filter((key) => key.length === 1)).toHaveLength(3);
      expect(ended.filter((key) => key.length === 1).sort()).toEqual(['x', 'y']);
    }, 120_000);

    it('M6: keys that have been slow have one of two children, however many they are', async () => {
      const { job, ended } = jobsOf(2);
      const known = ['u', 'v', 'w'];
      await Promise.all(known.map((key) => job(key, 200)));
      ended.length = 0;
      const slow = known.flatMap((key) => [1, 2].map(() => job(key, 200)));
      const quick = Array.from({ length: 5 }, (_, n) => job(`innocent ${n}`, short));
      await Promise.all(quick);
      // As many as one child may end beside five short ones.
      expect(ended.filter((key) => key.length === 1).length).toBeLessThanOrEqual(1);
      await Promise.all(slow);
    }, 120_000);

    it('M6: a single child is given up by a slow job, once', async () => {
      const { job, ended } = jobsOf(1);
      const slow = job('x', long);
      await Promise.all([job('a', short), job('b', short), job('c', short)]);
      expect(ended.slice().sort()).toEqual(['a', 'b', 'c']);
      await slow;
    }, 120_000);

    it('is not sent back where nobody waits', async () => {
      const { job, begun, pool } = jobsOf(2);
      await Promise.all([job('x', 200), job('y', 200)]);
      expect(begun.sort()).toEqual(['x', 'y']);
      expect(pool.pids).toHaveLength(2);
    }, 120_000);

    it('a key has its share by what its jobs take, not by their number', async () => {
      const { job, begun } = jobsOf(1, 10_000);
      await Promise.all([
        job('heavy', 600),
        ...Array.from({ length: 4 }, () => job('light', short)),
        job('heavy', 600),
      ]);
      expect(begun).toEqual(['heavy', 'light', 'light', 'light', 'light', 'heavy']);
    }, 120_000);
  });

  it.each<[string, Act, Partial<JobLimits>, string]>([
    ['that crashes', { act: 'die' }, {}, 'crash'],
    ['that does nothing for too long', { act: 'wait', ms: 60_000 }, { wallMs: 300 }, 'starved'],
  ])('a job %s ends its child only', async (_name, act, own, why) => {
    const { run } = poolOf({ size: 2 }, own);
    const [bad, good] = await Promise.allSettled([run(act), run<Who>({ act: 'who' }, { key: 'b' })]);
    expect(bad).toMatchObject({ status: 'rejected', reason: { name: 'JobEnded', why } });
    expect(good.status).toBe('fulfilled');
    expect((await run<Who>({ act: 'who' })).pid).toBeGreaterThan(0);
  });

  onLinux.each<[string, Act, Partial<JobLimits>, string]>([
    ['more CPU', { act: 'spin' }, { cpuMs: 300 }, 'cpu'],
    ['more memory', { act: 'swell' }, { rss: 200 * 1_048_576, heapMb: 4_000 }, 'memory'],
  ])('a job that takes %s than allowed ends its child only', async (_name, act, own, why) => {
    const { run } = poolOf({ size: 2 }, own);
    const [bad, good] = await Promise.allSettled([run(act), run<Who>({ act: 'who' }, { key: 'b' })]);
    expect(bad).toMatchObject({ status: 'rejected', reason: { name: 'JobEnded', why } });
    expect(good.status).toBe('fulfilled');
  });

  onLinux(
    'bounds each job by itself, however many a child has done',
    async () => {
      const { pool, run } = poolOf({ size: 1 }, { wallMs: 5_000, cpuMs: 700 });
      const { pid } = await run<Who>({ act: 'who' });
      // In line behind each other, so that the child goes from one to the next.
      await Promise.all([1, 2, 3, 4].map(() => run({ act: 'burn', ms: 250 })));
      await Promise.all([1, 2, 3].map(() => run({ act: 'wait', ms: 2_000 })));
      expect(pool.pids).toEqual([pid]);
    },
    60_000,
  );

  it('tells what the job has thrown', async () => {
    await expect(poolOf().run({ act: 'fail', reason: 'unsupported' })).rejects.toMatchObject({
      name: 'JobFailed',
      message: 'no',
      reason: 'unsupported',
    });
  });

  it('M6: puts off what would wait longer than it can, and says when to come again', async () => {
    const { run } = poolOf({ size: 1 });
    const began: string[] = [];
    const first = run({ act: 'wait', ms: 1_500 }, { onStart: () => began.push('first') });
    const second = run({ act: 'who' }, { patienceMs: 300, onStart: () => began.push('second') });
    await expect(second).rejects.toMatchObject({ name: 'Later', disposition: 'later' });
    await first;
    const many = Array.from({ length: 20 }, () => run({ act: 'wait', ms: 1 }));
    const refused = run({ act: 'who' }, { patienceMs: 2_000 });
    await expect(refused).rejects.toMatchObject({ name: 'Later', retryAfterMs: expect.any(Number) });
    await Promise.all(many);
    expect(began).toEqual(['first']);
  });

  it('lets go of a job when its caller does: in line, and in a child', async () => {
    const { pool, run } = poolOf({ size: 1 });
    const [running, waiting] = [new AbortController(), new AbortController()];
    let began = false;
    const first = run({ act: 'wait', ms: 60_000 }, { signal: running.signal, onStart: () => (began = true) });
    const second = run({ act: 'who' }, { signal: waiting.signal });
    await eventually(() => began);
    const [pid = 0] = pool.pids;
    waiting.abort(new Error('waiting'));
    await expect(second).rejects.toThrow('waiting');
    running.abort(new Error('running'));
    await expect(first).rejects.toThrow('running');
    await eventually(() => !alive(pid));
  });

  it('a child that is killed from outside fails its own job, and the next one gets another', async () => {
    const { pool, run } = poolOf({ size: 1 });
    const { pid } = await run<Who>({ act: 'who' });
    const job = run({ act: 'wait', ms: 60_000 });
    const next = run<Who>({ act: 'who' });
    process.kill(pid, 'SIGKILL');
    await expect(job).rejects.toMatchObject({ name: 'JobEnded', why: 'crash' });
    expect((await next).pid).not.toBe(pid);
    expect(pool.pids).toHaveLength(1);
  });
});

describe('endByClock', () => {
  it.each([
    ['starved', null, 'nobody knows what it had'],
    ['starved', 7_000, 'it had less than half of what it may take'],
    ['time', 8_000, 'it had half of it'],
  ])('is %s with %s ms: %s', (why, cpuMs, _because) => {
    expect(endByClock(cpuMs, limits)).toBe(why);
  });
});

describe('a child of ChildPool', () => {
  onLinux('runs after everybody else, without our environment', async () => {
    const who = await poolOf().run<Who>({ act: 'who' });
    expect(who.nice).toBe(10);
    expect(who.env.filter((name) => !name.startsWith('NODE_CHANNEL'))).toEqual([]);
  });

  asRoot('P5: is another user than root', async () => {
    expect((await poolOf().run<Who>({ act: 'who' })).uid).toBe(65_533);
  });

  it('P5: reads nothing but the program, not even in the install folder, and writes nothing', async () => {
    const { run } = poolOf();
    const root = fileURLToPath(new URL('../../../../', import.meta.url));
    const data = `${root}data/pool-spec-${process.pid}`;
    await mkdir(data, { recursive: true });
    await writeFile(`${data}/secrets.key`, 'secret', { mode: 0o644 });
    for (const path of ['/etc/passwd', `${data}/secrets.key`, `${root}package.json`, '/proc/self/environ'])
      await expect(run({ act: 'read', path })).rejects.toThrow(/Access to this API has been restricted/);
    await expect(run({ act: 'write', path: `${data}/x` })).rejects.toThrow(/Access to this API has been restricted/);
    expect(await run({ act: 'read', path: `${root}libs/runtime/package.json` })).toBeGreaterThan(0);
    await rm(data, { recursive: true });
  });
});
