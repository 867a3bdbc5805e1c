import { afterEach, describe, expect, it } from '@jest/globals';
import { InfrastructureError, type ClaimedTask, type Generation, type QueueName } from '@vaultstream/contracts';
import { createLogger } from '@vaultstream/runtime';
import { eventually } from '@vaultstream/testing';
import { QueueWorker } from './queue-worker.ts';

/** A runner whose runs end when the test says so. */
class FakeRunner {
  lease = 60_000;
  readonly claims: string[][] = [];
  readonly started: string[] = [];
  readonly handedBack: string[] = [];
  private readonly ends = new Map<string, () => void>();
  /** Tasks that somebody else has done. */
  gone = new Set<string>();
  error: Error | undefined;

  leaseMs = (): number => this.lease;
  claim = async (_queue: QueueName, tasks: readonly Generation[]): Promise<ClaimedTask[]> => {
    if (this.error) throw this.error;
    this.claims.push(tasks.map(({ taskId }) => taskId));
    return tasks
      .filter(({ taskId }) => !this.gone.has(taskId))
      .map(({ taskId }) => ({ lease: { taskId, fence: 1 } }) as ClaimedTask);
  };
  run = async ({ lease }: ClaimedTask): Promise<void> => {
    this.started.push(lease.taskId);
    await new Promise<void>((resolve) => this.ends.set(lease.taskId, resolve));
  };
  handBack = async (tasks: readonly ClaimedTask[]): Promise<void> => {
    this.handedBack.push(...tasks.map(({ lease }) => lease.taskId));
  };
  end(...ids: string[]): void {
    for (const id of ids) this.ends.get(id)?.();
  }
}

const logger = createLogger('test', { level: 'silent', format: 'json' });
const chunk = (first: string, ...others: string[]) => ({
  taskId: first,
  generation: 1,
  others: others.map((taskId) => ({ taskId, generation: 1 })),
});

describe('the worker of a queue', () => {
  let runner: FakeRunner;
  const worker = (queue: QueueName, concurrency: number) => {
    runner = new FakeRunner();
    return new QueueWorker({ queue, concurrency, runner, logger });
  };
  const done = (work: Promise<void>) => {
    const state = { over: false };
    void work.then(() => (state.over = true));
    return state;
  };
  afterEach(() => runner.end(...runner.started));

  it('holds as many wake-ups as slots where each bears one, and two where they bear many', () => {
    expect(worker('parse', 16).wakeUpsAtOnce).toBe(16);
    expect(worker('plan', 16).wakeUpsAtOnce).toBe(2);
    expect(worker('plan', 1).wakeUpsAtOnce).toBe(1);
  });

  it('claims a chunk at once and runs its tasks as slots become free', async () => {
    const plan = worker('plan', 2);
    const work = done(plan.work(chunk('a', 'b', 'c', 'd')));
    await eventually(() => runner.started.length === 2);
    expect(runner.claims).toEqual([['a', 'b', 'c', 'd']]);
    runner.end('b');
    await eventually(() => runner.started.length === 3);
    expect(work.over).toBe(false);
    runner.end('c');
    // All have begun: the next wake-up may come, though "a" is slow.
    await eventually(() => work.over);
    expect(runner.started).toEqual(['a', 'b', 'c', 'd']);
    const next = done(plan.work(chunk('e')));
    runner.end('d');
    await eventually(() => next.over);
    expect(runner.started).toContain('e');
  });

  it('is busy with a wake-up of one task until the run has ended, where they bear one', async () => {
    const work = done(worker('parse', 2).work({ taskId: 'a', generation: 1 }));
    await eventually(() => runner.started.length === 1);
    expect(work.over).toBe(false);
    runner.end('a');
    await eventually(() => work.over);
  });

  it('does all tasks of a wake-up that another release has filled', async () => {
    const work = done(worker('parse', 2).work(chunk('a', 'b')));
    await eventually(() => work.over);
    expect(runner.started).toEqual(['a', 'b']);
  });

  it('hands back what has waited for a slot for a third of its lease, claimed or not', async () => {
    const plan = worker('plan', 1);
    runner.lease = 60;
    const work = done(plan.work(chunk('a', 'b', 'c')));
    await eventually(() => work.over);
    expect(runner.handedBack).toEqual(['b', 'c']);
    const next = done(plan.work(chunk('d', 'e')));
    await eventually(() => next.over);
    expect(runner.handedBack).toEqual(['b', 'c', 'd', 'e']);
    runner.end('a');
    await plan.idle();
    expect(runner.started).toEqual(['a']);
  });

  it('hands back what has not begun when it stops, and waits for what has', async () => {
    const plan = worker('plan', 1);
    const work = done(plan.work(chunk('a', 'b', 'c')));
    await eventually(() => runner.started.length === 1);
    plan.stop();
    await eventually(() => work.over);
    expect(runner.handedBack).toEqual(['b', 'c']);
    const idle = done(plan.idle());
    await Promise.resolve();
    expect(idle.over).toBe(false);
    runner.end('a');
    await eventually(() => idle.over);
  });

  it('keeps no slot for a claim that failed, or that found nothing to do', async () => {
    const plan = worker('plan', 1);
    runner.error = new InfrastructureError('away');
    await expect(plan.work(chunk('a', 'b'))).rejects.toThrow('away');
    runner.error = undefined;
    runner.gone = new Set(['a', 'b']);
    await plan.work(chunk('a', 'b'));
    const work = done(plan.work(chunk('c')));
    await eventually(() => work.over);
    expect(runner.started).toEqual(['c']);
  });
});
