import { isVaultError, queues, tasksOf, type Chunk, type ClaimedTask, type QueueName } from '@vaultstream/contracts';
import type { Logger } from '@vaultstream/runtime';
import { Slots } from './slots.ts';
import type { TaskRunner } from './task-runner.ts';

export interface QueueWorkerOptions {
  queue: QueueName;
  /** Tasks at once. */
  concurrency: number;
  runner: Pick<TaskRunner, 'leaseMs' | 'claim' | 'run' | 'handBack'>;
  logger: Logger;
}

/**
 * Wake-ups that are held at once where they may bear many tasks: while the tasks of one begin, the next is fetched. More would lie here
 * while another process has nothing to do.
 */
const chunksAtOnce = 2;

/**
 * Milliseconds that a task waits here for a slot, and never more than a third of its lease, so that nobody has to renew that. Then it is handed
 * back: slow neighbours must not hold it up while another process has hands free.
 */
const patienceMs = 2_000;

/** What this process does for one queue, whichever broker brings it. */
export class QueueWorker {
  private readonly slots: Slots;
  private readonly running = new Set<Promise<void>>();
  private readonly stopping = new AbortController();

  constructor(private readonly options: QueueWorkerOptions) {
    this.slots = new Slots(options.concurrency);
  }

  /** Wake-ups that may be held at once. */
  get wakeUpsAtOnce(): number {
    return this.bearsMany ? Math.min(chunksAtOnce, this.options.concurrency) : this.options.concurrency;
  }

  /**
   * Claims the tasks of a wake-up and runs each as soon as there is a slot. Where wake-ups bear one task, resolves when the run has ended; where
   * they may bear many, when all runs have begun or were handed back: from then on their leases hold them, and the next wake-up is fetched
   * although one of them is slow.
   * @throws InfrastructureError when they could not be claimed; everything else is dealt with.
   */
  async work(chunk: Chunk): Promise<void> {
    // One that bears many in a queue of the other kind comes from a release that thought otherwise.
    if (!this.bearsMany && chunk.others === undefined) {
      await this.slots.take();
      const [task] = await this.claim(chunk);
      if (task !== undefined) await this.run(task);
      return;
    }
    const tooLate = new AbortController();
    const { queue, runner } = this.options;
    const timer = setTimeout(() => tooLate.abort(), Math.min(patienceMs, runner.leaseMs(queue) / 3));
    const giveUp = AbortSignal.any([tooLate.signal, this.stopping.signal]);
    try {
      if (await this.slots.take(giveUp)) await this.beginAll(await this.claim(chunk), giveUp);
      // A row can be given back by whoever holds it only.
      else await runner.handBack(await runner.claim(queue, tasksOf(chunk)));
    } finally {
      clearTimeout(timer);
    }
  }

  /** Hands back what has not begun. */
  stop(): void {
    this.stopping.abort();
  }

  /** Resolves when nothing runs. */
  async idle(): Promise<void> {
    while (this.running.size > 0) await Promise.allSettled(this.running);
  }

  private get bearsMany(): boolean {
    return queues[this.options.queue].tasksPerWakeUp > 1;
  }

  /** With a slot in hand, which is given up when there is nothing to do with it. */
  private async claim(chunk: Chunk): Promise<ClaimedTask[]> {
    const { queue, runner, logger } = this.options;
    let claimed: ClaimedTask[] = [];
    try {
      claimed = await runner.claim(queue, tasksOf(chunk));
    } catch (err) {
      if (!isVaultError(err)) logger.error({ name: 'task.claim', queue, err }, 'a task could not be claimed');
      throw err;
    } finally {
      if (claimed.length === 0) this.slots.free();
    }
    return claimed;
  }

  /** With a slot in hand for the first of them. */
  private async beginAll(tasks: readonly ClaimedTask[], giveUp: AbortSignal): Promise<void> {
    for (const [index, task] of tasks.entries()) {
      if (index > 0 && !(await this.slots.take(giveUp))) {
        await this.options.runner.handBack(tasks.slice(index));
        return;
      }
      void this.run(task);
    }
  }

  /** With a slot in hand. */
  private run(task: ClaimedTask): Promise<void> {
    const run = this.options.runner.run(task).finally(() => {
      this.running.delete(run);
      this.slots.free();
    });
    this.running.add(run);
    return run;
  }
}
