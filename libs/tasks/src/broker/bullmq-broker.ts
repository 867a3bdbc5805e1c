import {
  InfrastructureError,
  type Generation,
  type QueueName,
  type TraceContext,
  type WakeUp,
} from '@vaultstream/contracts';
import type { Logger } from '@vaultstream/runtime';
import type { BulkJobOptions, ConnectionOptions, Queue, Worker, WorkerOptions } from 'bullmq';
import { Broker, jobId, type Consumer } from './broker.ts';
import { Throttled } from './throttled.ts';

/** What lies in a job. Ids only: a broker's data is readable. */
interface JobData {
  task_id: string;
  generation: number;
  trace: TraceContext;
}
/** The little of BullMQ that we use. */
type JobQueue = Pick<Queue<JobData>, 'addBulk' | 'getJobState' | 'close'> & Reporting;
type JobWorker = Pick<Worker<JobData, void>, 'waitUntilReady' | 'run' | 'close'> & Reporting;
interface Reporting {
  on(event: 'error', listener: (error: Error) => void): unknown;
}

/** BullMQ over one of its backends: what differs between them. */
export interface BullmqBackend {
  /** As in Broker.name. */
  name: string;
  makeQueue(name: QueueName): JobQueue;
  makeWorker(name: QueueName, work: (job: { data: JobData }) => Promise<void>, options: WorkerSettings): JobWorker;
  /** @throws When it does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
export type WorkerSettings = Omit<WorkerOptions<ConnectionOptions>, 'connection'>;

/**
 * A wake-up fails only while the task cannot even be claimed (database away); then it comes again every second, for as long as
 * that lasts. What happens to the task itself is decided by its row, never by these.
 */
const jobOptions: BulkJobOptions = {
  attempts: 100_000,
  backoff: { type: 'fixed', delay: 1_000 },
  removeOnComplete: true,
  removeOnFail: true,
};

const workerSettings: WorkerSettings = {
  lockDuration: 30_000,
  stalledInterval: 15_000,
  /** BullMQ's default of 1 loses jobs under repeated kills; poison pills are our row's business. */
  maxStalledCount: 100_000,
  /** Default 15 s: how long a worker is deaf after a refused connection. */
  runRetryDelay: 1_000,
  autorun: false,
};

/** `active` is not among them: a worker claims what it has fetched within moments, or is dead. */
const waitingStates = new Set(['waiting', 'prioritized', 'delayed']);

/** A broker made of BullMQ queues and workers. BullMQ's own retries, delays and failed jobs are not used. */
export class BullmqBroker extends Broker {
  private readonly queues = new Map<QueueName, JobQueue>();
  private readonly throttled = new Throttled();

  constructor(
    private readonly backend: BullmqBackend,
    private readonly logger: Logger,
  ) {
    super();
  }

  override get name(): string {
    return this.backend.name;
  }

  override async ping(): Promise<void> {
    try {
      await this.backend.ping();
    } catch (cause) {
      throw new InfrastructureError('the broker is away', { cause });
    }
  }

  override async publish(queue: QueueName, wakeUps: readonly WakeUp[]): Promise<void> {
    await this.queue(queue).addBulk(
      wakeUps.map((wakeUp) => ({
        name: queue,
        data: { task_id: wakeUp.taskId, generation: wakeUp.generation, trace: wakeUp.trace },
        opts: { ...jobOptions, jobId: jobId(wakeUp), priority: wakeUp.priority },
      })),
    );
  }

  override async holds<G extends Generation>(queue: QueueName, generations: readonly G[]): Promise<G[]> {
    const states = await Promise.all(generations.map((entry) => this.queue(queue).getJobState(jobId(entry))));
    return generations.filter((_, index) => waitingStates.has(states[index] ?? 'unknown'));
  }

  override async consume(
    queue: QueueName,
    concurrency: number,
    work: (wakeUp: Generation) => Promise<void>,
  ): Promise<Consumer> {
    await this.ping();
    const worker = this.backend.makeWorker(
      queue,
      ({ data }) => work({ taskId: data.task_id, generation: data.generation }),
      { ...workerSettings, concurrency },
    );
    worker.on('error', (err) => this.report(queue, err));
    try {
      await worker.waitUntilReady();
    } catch (cause) {
      await worker.close().catch(() => undefined);
      throw new InfrastructureError('the broker is away', { cause });
    }
    void worker.run().catch((err: unknown) => this.report(queue, err));
    return { close: () => worker.close() };
  }

  override async close(): Promise<void> {
    await Promise.all([...this.queues.values()].map((queue) => queue.close().catch(() => undefined)));
    await this.backend.close();
  }

  private queue(name: QueueName): JobQueue {
    const known = this.queues.get(name);
    if (known !== undefined) return known;
    const made = this.backend.makeQueue(name);
    made.on('error', (err) => this.report(name, err));
    this.queues.set(name, made);
    return made;
  }

  /** An outage makes BullMQ report the same error many times a second. */
  private report(queue: QueueName, err: unknown): void {
    this.throttled.run(() => this.logger.warn({ name: 'broker', broker: this.name, queue, err }, 'broker error'));
  }
}
