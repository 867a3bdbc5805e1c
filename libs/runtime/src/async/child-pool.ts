import { availableParallelism } from 'node:os';
import { InfrastructureError, Later } from '@vaultstream/contracts';
import type { ChildMessage } from './child-messages.ts';
import { FairQueue } from './fair-queue.ts';
import { JobEnded, JobFailed, type JobEnd, type JobKind } from './job-kind.ts';
import { KeyCosts, usualSlowMs } from './key-costs.ts';
import { PoolChild } from './pool-child.ts';
import { PoolJob, usualPatienceMs, type JobTurn, type Outcome } from './pool-job.ts';
import { usefulSize } from './pool-size.ts';

export interface PoolOptions {
  /** Children at once: as many as cores and memory allow where nothing is said. */
  size?: number;
  /** How long an idle child stays: milliseconds. */
  idleMs?: number;
  /** A job that takes more is slow: milliseconds of CPU. */
  slowMs?: number;
}

interface Worker {
  child: PoolChild;
  ready: boolean;
  job: PoolJob | undefined;
  /** It began with a job that was known to be slow. */
  slow: boolean;
  /** What its key was charged for beforehand: milliseconds. */
  chargedMs: number;
  startedAt: number;
  timer: NodeJS.Timeout | undefined;
}

/** How long a child may take to start: milliseconds. A loaded machine needs seconds. */
const startMs = 20_000;
const usualIdleMs = 60_000;
/** A job counts so much at least, which hosts with pages of common size do not exceed: they take turns. Milliseconds of CPU. */
const leastMs = 50;

/**
 * Does jobs of one kind in children: started when needed, ended when idle, each killed and replaced alone. Keys have equal shares of the CPU.
 * Slow jobs, and those of keys whose jobs have been slow, have half of the children at most: where more of them turn out to be slow, and others
 * wait, the one that has had least is ended and waits for that half, once; begun anew there it is ended for nobody.
 */
export class ChildPool {
  private readonly queue = new FairQueue<PoolJob>();
  private readonly costs: KeyCosts;
  private readonly workers = new Set<Worker>();
  private readonly size: number;
  private readonly idleMs: number;
  private readonly slowMs: number;
  private closed = false;
  private lastId = 0;

  constructor(
    private readonly kind: JobKind,
    { size, idleMs, slowMs }: PoolOptions = {},
  ) {
    this.size = size ?? usefulSize(kind);
    this.idleMs = idleMs ?? usualIdleMs;
    this.slowMs = slowMs ?? usualSlowMs;
    this.costs = new KeyCosts(this.slowMs);
  }

  /** The processes that run now. */
  get pids(): number[] {
    return [...this.workers].flatMap(({ child }) => child.pid ?? []);
  }

  /**
   * @throws JobFailed what the job has thrown; JobEnded when it ended its child; Later when the line is longer than the caller can wait: no attempt
   * is spent; InfrastructureError when no child can be started, or the pool is closed; the reason of `signal` when it is aborted
   */
  async run<Answer>(request: unknown, turn: JobTurn): Promise<Answer> {
    turn.signal?.throwIfAborted();
    if (this.closed) throw this.closing();
    const expectedMs = this.expectedWaitMs(turn.key);
    if (expectedMs > (turn.patienceMs ?? usualPatienceMs)) throw this.tooLong(expectedMs);
    const job = new PoolJob(request, turn, {
      impatient: (waiting, waitedMs) => {
        if (this.queue.remove(waiting.key, waiting)) waiting.settle({ error: this.tooLong(waitedMs) });
      },
      aborted: (aborted, reason) => this.abort(aborted, reason),
    });
    // Whoever asks is told by `run` alone: an answer that comes before it waits is no unhandled rejection.
    job.answer.catch(() => undefined);
    this.queue.push(job.key, job);
    this.next();
    return (await job.answer) as Answer;
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
      const job = this.queue.take((first) => !this.isSlow(first) || this.slowRuns().length < this.slowLane);
      if (!job) break;
      this.begin(worker, job);
    }
    const starting = [...this.workers].filter(({ ready }) => !ready).length;
    for (let missing = this.servable() - starting; missing > 0 && this.workers.size < this.size; missing--)
      if (!this.start()) break;
    this.makeWay();
  }

  /** How many slow jobs run at once. */
  private get slowLane(): number {
    return Math.max(1, Math.floor(this.size / 2));
  }

  private readonly isSlow = (job: PoolJob): boolean => job.sentBack || this.costs.isSlow(job.key);
  private readonly isQuick = (job: PoolJob): boolean => !this.isSlow(job);

  private slowRuns(): Worker[] {
    return [...this.workers].filter(({ job, slow, child }) => job && (slow || child.spentMs > this.slowMs));
  }

  /** How many of those that wait could have a child at once. */
  private servable(): number {
    const slow = Math.min(this.queue.count(this.isSlow), this.slowLane - this.slowRuns().length);
    return this.queue.count(this.isQuick) + Math.max(0, slow);
  }

  /** Of jobs that turned out to be slow, only half as many as there are children go on while others wait that are not known as such. */
  private makeWay(): void {
    if (this.workers.size < this.size || [...this.workers].some(({ job }) => !job)) return;
    if (this.queue.count(this.isQuick) === 0) return;
    const slow = this.slowRuns();
    if (slow.length <= Math.floor(this.size / 2)) return;
    const [least] = slow
      .filter(({ job }) => job?.sentBack === false)
      .sort((one, other) => one.child.spentMs - other.child.spentMs);
    if (least) this.sendBack(least);
  }

  private sendBack(worker: Worker): void {
    const { job } = worker;
    if (!job) return;
    this.account(worker, job);
    worker.job = undefined;
    this.drop(worker);
    this.queue.unshift(job.key, job);
    job.sendBack();
    this.next();
  }

  private begin(worker: Worker, job: PoolJob): void {
    clearTimeout(worker.timer);
    worker.job = job;
    worker.slow = this.isSlow(job);
    worker.startedAt = performance.now();
    worker.chargedMs = Math.max(leastMs, this.costs.of(job.key).cpuMs);
    this.queue.charge(job.key, worker.chargedMs);
    job.begin();
    worker.child.work({ id: ++this.lastId, request: job.request });
  }

  /** Starts one more child. False where the system refuses it (no memory, no such program): all who wait hear it. */
  private start(): boolean {
    let child: PoolChild;
    try {
      child = new PoolChild(this.kind, {
        message: (message) => this.workers.has(worker) && this.heard(worker, message),
        spent: (ms) => this.workers.has(worker) && ms > this.slowMs && this.makeWay(),
        end: (why, told) => this.workers.has(worker) && this.ended(worker, why, told),
      });
    } catch (error) {
      this.refuseAll(error instanceof Error ? error.message : String(error));
      return false;
    }
    const worker: Worker = {
      child,
      ready: false,
      job: undefined,
      slow: false,
      chargedMs: 0,
      startedAt: 0,
      timer: setTimeout(() => worker.child.kill('time'), startMs),
    };
    this.workers.add(worker);
    return true;
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
        Math.min(message.cpuMs, (performance.now() - worker.startedAt) * availableParallelism()),
      );
    clearTimeout(worker.timer);
    worker.timer = setTimeout(() => this.drop(worker), this.idleMs).unref();
    this.next();
    if (!worker.job) worker.child.rest();
  }

  private ended(worker: Worker, why: JobEnd, told: string): void {
    if (!worker.ready) return this.unusable(worker, told);
    // The next child has to start first: so a job that ends its child is a slow one, however little it took.
    this.finish(worker, { error: new JobEnded(why) }, this.slowMs);
    this.drop(worker);
    this.next();
  }

  /** A child that never says it is ready will not do so the next time: all who wait hear it, where no other child serves them. */
  private unusable(worker: Worker, told: string): void {
    this.drop(worker);
    this.refuseAll(told);
  }

  private refuseAll(told: string): void {
    if ([...this.workers].some(({ ready }) => ready)) return;
    const error = new InfrastructureError(`The ${this.kind.name} does not start: ${told}`, { retryAfterMs: 5_000 });
    for (const job of this.queue.drain()) job.settle({ error });
  }

  private abort(job: PoolJob, reason: unknown): void {
    this.queue.remove(job.key, job);
    const worker = [...this.workers].find((one) => one.job === job);
    if (worker) {
      this.account(worker, job);
      worker.job = undefined;
      this.drop(worker);
    }
    job.settle({ error: reason });
    this.next();
  }

  private finish(worker: Worker, outcome: Outcome, cpuMs: number): void {
    const { job } = worker;
    if (job) this.account(worker, job, cpuMs);
    worker.job = undefined;
    job?.settle(outcome);
  }

  /** Notes what a job has taken: what its child says, but not less than we have seen. */
  private account({ child, startedAt, chargedMs }: Worker, { key }: PoolJob, toldMs = 0): void {
    const cpuMs = Math.max(child.spentMs, toldMs);
    const chargeMs = Math.max(leastMs, cpuMs);
    this.costs.note(key, { cpuMs, wallMs: performance.now() - startedAt });
    this.queue.charge(key, chargeMs - chargedMs);
    this.queue.worked(chargeMs);
  }

  /** Ends the child, which nobody hears any more. */
  private drop(worker: Worker): void {
    clearTimeout(worker.timer);
    this.workers.delete(worker);
    worker.child.kill();
    worker.child.rest();
  }

  /** How long one that comes now would wait: slow ones behind slow ones, the others behind the others. */
  private expectedWaitMs(key: string): number {
    const slow = this.costs.isSlow(key);
    const costOf = (job: PoolJob) => (this.isSlow(job) === slow ? this.costs.of(job.key).wallMs : 0);
    const children = slow ? this.slowLane : this.size - Math.min(this.slowRuns().length, Math.floor(this.size / 2));
    return this.queue.ahead(key, costOf) / children;
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
