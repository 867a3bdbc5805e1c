import { availableParallelism, totalmem } from 'node:os';
import { InfrastructureError, Later } from '@vaultstream/contracts';
import type { ChildMessage } from './child-messages.ts';
import { FairQueue } from './fair-queue.ts';
import { JobEnded, JobFailed, type JobEnd, type JobKind } from './job-kind.ts';
import { PoolChild } from './pool-child.ts';

export interface PoolOptions {
  /** Children at once: as many as cores and memory allow where nothing is said. */
  size?: number;
  /** How long an idle child stays: milliseconds. */
  idleMs?: number;
}

/** How a caller waits for its job. */
export interface JobTurn {
  /** Jobs of different keys take turns: whose work it is, such as the host of a page. */
  key: string;
  signal?: AbortSignal | undefined;
  /** Called when a child begins with the job: until then it waited in line. */
  onStart?: (() => void) | undefined;
  /** Longest wait in line: milliseconds. */
  patienceMs?: number | undefined;
}

interface Job {
  key: string;
  request: unknown;
  onStart: (() => void) | undefined;
  settle(outcome: { answer: unknown } | { error: unknown }): void;
}

interface Worker {
  child: PoolChild;
  ready: boolean;
  job: Job | undefined;
  startedAt: number;
  timer: NodeJS.Timeout | undefined;
}

/** How long a child may take to start: milliseconds. A loaded machine needs seconds. */
const startMs = 20_000;
const usualIdleMs = 60_000;
/** Half of what a task of ours may take, so that what was fetched is not fetched in vain. */
const usualPatienceMs = 30_000;
/** The children of one pool may have so much of the memory: a quarter. */
const memoryShare = 4;
/** What a job takes, until there was one, and how much a new one changes the mean: milliseconds, part. */
const [firstGuessMs, weight] = [500, 0.2];
/** A key whose jobs take so long leaves one child to the others: milliseconds. So many of them are remembered. */
const slowMs = 1_000;
const maxSlowKeys = 1_000;

/**
 * Does jobs of one kind in children: started when needed, ended when idle, each killed and replaced alone. Jobs of different keys take turns,
 * and a key whose jobs take long never has all children where there are several.
 */
export class ChildPool {
  private readonly queue = new FairQueue<Job>();
  private readonly workers = new Set<Worker>();
  private readonly size: number;
  private readonly idleMs: number;
  private closed = false;
  private lastId = 0;
  private meanMs = firstGuessMs;
  /** The same by key, of those whose jobs take long. */
  private readonly slowKeys = new Map<string, number>();

  constructor(
    private readonly kind: JobKind,
    { size, idleMs }: PoolOptions = {},
  ) {
    this.size = size ?? usefulSize(kind);
    this.idleMs = idleMs ?? usualIdleMs;
  }

  /** The processes that run now. */
  get pids(): number[] {
    return [...this.workers].flatMap(({ child }) => child.pid ?? []);
  }

  /**
   * @throws JobFailed what the job has thrown; JobEnded when it ended its child; Later when the line is longer than the caller can wait: no attempt
   * is spent; InfrastructureError when no child can be started, or the pool is closed; the reason of `signal` when it is aborted
   */
  run<Answer>(request: unknown, { key, signal, onStart, patienceMs = usualPatienceMs }: JobTurn): Promise<Answer> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      if (this.closed) throw this.closing();
      const expectedMs = (this.queue.ahead(key) / this.size) * this.meanMs;
      if (expectedMs > patienceMs) throw this.tooLong(expectedMs);
      const job: Job = {
        key,
        request,
        onStart: () => {
          clearTimeout(patience);
          onStart?.();
        },
        settle: (outcome) => {
          clearTimeout(patience);
          signal?.removeEventListener('abort', abort);
          if ('answer' in outcome) resolve(outcome.answer as Answer);
          else reject(outcome.error instanceof Error ? outcome.error : new Error('aborted', { cause: outcome.error }));
        },
      };
      const abort = () => this.abort(job, signal?.reason);
      const patience = setTimeout(() => {
        if (this.queue.remove(key, job)) job.settle({ error: this.tooLong(patienceMs) });
      }, patienceMs);
      signal?.addEventListener('abort', abort, { once: true });
      this.queue.push(key, job);
      this.next();
    });
  }

  /** Ends all children; jobs that run or wait are rejected. Resolves when the processes are gone. */
  async close(): Promise<void> {
    this.closed = true;
    for (const job of this.queue.drain()) job.settle({ error: this.closing() });
    const workers = [...this.workers];
    for (const worker of workers) {
      worker.job?.settle({ error: this.closing() });
      worker.job = undefined;
      this.drop(worker);
    }
    await Promise.all(workers.map(({ child }) => child.gone()));
  }

  /** Gives jobs to children that are free, and starts those that are missing. */
  private next(): void {
    if (this.closed) return;
    for (const worker of this.workers) {
      if (!worker.ready || worker.job) continue;
      const job = this.takeJob();
      if (!job) break;
      this.begin(worker, job);
    }
    const starting = [...this.workers].filter(({ ready }) => !ready).length;
    for (let missing = this.queue.size - starting; missing > 0 && this.workers.size < this.size; missing--)
      this.start();
  }

  private takeJob(): Job | undefined {
    return this.queue.take((key) => {
      const own = [...this.workers].filter(({ job }) => job?.key === key);
      const slow = this.slowKeys.has(key) || own.some(({ startedAt }) => performance.now() - startedAt > slowMs);
      return own.length < (slow ? Math.max(1, this.size - 1) : this.size);
    })?.item;
  }

  private begin(worker: Worker, job: Job): void {
    clearTimeout(worker.timer);
    worker.job = job;
    worker.startedAt = performance.now();
    job.onStart?.();
    worker.child.work({ id: ++this.lastId, request: job.request });
  }

  private start(): void {
    const worker: Worker = {
      child: new PoolChild(this.kind, {
        message: (message) => this.workers.has(worker) && this.heard(worker, message),
        end: (why, told) => this.workers.has(worker) && this.ended(worker, why, told),
      }),
      ready: false,
      job: undefined,
      startedAt: 0,
      timer: setTimeout(() => worker.child.kill('time'), startMs),
    };
    this.workers.add(worker);
  }

  private heard(worker: Worker, message: ChildMessage): void {
    if (message.kind === 'ready') worker.ready = true;
    else if (message.kind === 'unusable') return this.unusable(worker, message.message);
    else
      this.finish(
        worker,
        message.kind === 'done'
          ? { answer: message.answer }
          : { error: new JobFailed(message.message, message.reason) },
      );
    clearTimeout(worker.timer);
    worker.timer = setTimeout(() => this.drop(worker), this.idleMs).unref();
    this.next();
    if (!worker.job) worker.child.rest();
  }

  private ended(worker: Worker, why: JobEnd, told: string): void {
    if (!worker.ready) return this.unusable(worker, told);
    this.finish(worker, { error: new JobEnded(why) });
    this.drop(worker);
    this.next();
  }

  /** A child that never says it is ready will not do so the next time: all who wait hear it, where no other child serves them. */
  private unusable(worker: Worker, told: string): void {
    this.drop(worker);
    if ([...this.workers].some(({ ready }) => ready)) return;
    const error = new InfrastructureError(`The ${this.kind.name} does not start: ${told}`, { retryAfterMs: 5_000 });
    for (const job of this.queue.drain()) job.settle({ error });
  }

  private abort(job: Job, reason: unknown): void {
    this.queue.remove(job.key, job);
    const worker = [...this.workers].find((one) => one.job === job);
    if (worker) {
      worker.job = undefined;
      this.drop(worker);
    }
    job.settle({ error: reason });
    this.next();
  }

  private finish(worker: Worker, outcome: { answer: unknown } | { error: unknown }): void {
    const { job } = worker;
    worker.job = undefined;
    if (!job) return;
    const tookMs = performance.now() - worker.startedAt;
    this.meanMs += weight * (tookMs - this.meanMs);
    this.remember(job.key, tookMs);
    job.settle(outcome);
  }

  private remember(key: string, tookMs: number): void {
    const before = this.slowKeys.get(key);
    const meanMs = before === undefined ? tookMs : before + weight * (tookMs - before);
    this.slowKeys.delete(key);
    if (meanMs < slowMs) return;
    this.slowKeys.set(key, meanMs);
    const [oldest] = this.slowKeys.size > maxSlowKeys ? this.slowKeys.keys() : [];
    if (oldest !== undefined) this.slowKeys.delete(oldest);
  }

  /** Ends the child, which nobody hears any more. */
  private drop(worker: Worker): void {
    clearTimeout(worker.timer);
    this.workers.delete(worker);
    worker.child.kill();
    worker.child.rest();
  }

  private tooLong(expectedMs: number): Later {
    return new Later(`the ${this.kind.name} has more to do than it can in time`, {
      retryAfterMs: Math.max(1_000, Math.round(expectedMs)),
    });
  }

  private closing(): InfrastructureError {
    return new InfrastructureError(`The ${this.kind.name} is closed.`);
  }
}

/** One for each core, as far as their memory goes, and one at least. */
function usefulSize({ limits }: JobKind): number {
  const limit = process.constrainedMemory();
  const memory = limit > 0 ? Math.min(limit, totalmem()) : totalmem();
  return Math.max(1, Math.min(availableParallelism(), Math.floor(memory / memoryShare / limits.rss)));
}
