import { InfrastructureError, isVaultError, type Chunk, type QueueName, type WakeUp } from '@vaultstream/contracts';
import { withDeadline, type Logger } from '@vaultstream/runtime';
import type { BulkJobOptions, ConnectionOptions, Queue, WorkerOptions } from 'bullmq';
import { Broker, jobId, type AtBroker, type BrokerState, type Consumer } from './broker.ts';
import { chunkIn, dataOf, type JobData } from './job-data.ts';
import { Throttled } from './throttled.ts';
import { WatchedConsumer, type JobWorker } from './watched-consumer.ts';

/** The little of BullMQ's queue that we use. */
type JobQueue = Pick<Queue<JobData>, 'addBulk' | 'getJobState' | 'waitUntilReady' | 'close'> & {
  on(event: 'error', listener: (error: Error) => void): unknown;
};

/** BullMQ over one of its backends: what differs between them. */
export interface BullmqBackend {
  /** As in Broker.name. */
  name: string;
  makeQueue(name: QueueName): JobQueue;
  /** @param beat See withHeartbeat. */
  makeWorker(
    name: QueueName,
    work: (job: { data: JobData }) => Promise<void>,
    options: WorkerSettings,
    beat: () => void,
  ): JobWorker;
  /** As Broker.probe. What it throws may be any error. */
  probe(): Promise<BrokerState>;
  /** An error of a command that means that the broker takes nothing at all, said in words; undefined for any other. */
  explain(error: unknown): InfrastructureError | undefined;
  close(): Promise<void>;
}
export type WorkerSettings = Omit<WorkerOptions<ConnectionOptions>, 'connection'>;

/**
 * A wake-up fails only while the task cannot even be claimed (database away); then it comes again every second, for as long as
 * that lasts. What happens to the task itself is decided by its row, never by these. Nothing that has ended stays at the broker.
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
  /** Seconds that an idle worker waits for a job before it asks again: the beat of withHeartbeat. */
  drainDelay: 5,
  autorun: false,
};

/** `active` is not among them: a worker claims what it has fetched within moments, or is dead. */
const waitingStates = new Set(['waiting', 'prioritized', 'delayed']);

/** Milliseconds that a queue may take to get ready. */
const readyMs = 5_000;

/** A broker made of BullMQ queues and workers. BullMQ's own retries, delays and failed jobs are not used. */
export class BullmqBroker extends Broker {
  private readonly queues = new Map<QueueName, Promise<JobQueue>>();
  private readonly throttled = new Throttled();
  private closing = false;

  constructor(
    private readonly backend: BullmqBackend,
    private readonly logger: Logger,
  ) {
    super();
  }

  override get name(): string {
    return this.backend.name;
  }

  override async probe(): Promise<BrokerState> {
    try {
      return await this.backend.probe();
    } catch (cause) {
      throw isVaultError(cause) ? cause : new InfrastructureError('The broker is away.', { cause });
    }
  }

  override async publish(queue: QueueName, wakeUps: readonly WakeUp[]): Promise<void> {
    const jobs = wakeUps.map((wakeUp) => ({
      name: queue,
      data: dataOf(wakeUp),
      opts: { ...jobOptions, jobId: jobId(wakeUp), priority: wakeUp.priority },
    }));
    const ready = await this.queue(queue);
    try {
      await ready.addBulk(jobs);
    } catch (error) {
      throw this.backend.explain(error) ?? error;
    }
  }

  /** All are asked about at once, those of one chunk together: over Redis that is one trip. */
  override async holds<G extends AtBroker>(queue: QueueName, tasks: readonly G[]): Promise<G[]> {
    const ready = await this.queue(queue);
    const jobs = Map.groupBy(tasks, (task) => task.wakeUp ?? jobId(task));
    const states = await Promise.all([...jobs.keys()].map(async (id) => [id, await ready.getJobState(id)] as const));
    const held = new Set(states.filter(([, state]) => waitingStates.has(state)).flatMap(([id]) => jobs.get(id) ?? []));
    return tasks.filter((task) => held.has(task));
  }

  override async consume(
    queue: QueueName,
    concurrency: number,
    work: (chunk: Chunk) => Promise<void>,
  ): Promise<Consumer> {
    await this.probe();
    const consumer = new WatchedConsumer({
      queue,
      concurrency,
      work,
      make: (run, beat) =>
        this.backend.makeWorker(queue, ({ data }) => run(chunkIn(data)), { ...workerSettings, concurrency }, beat),
      probe: () => this.probe(),
      logger: this.logger.child({ broker: this.name }),
    });
    await consumer.start();
    return consumer;
  }

  override async close(): Promise<void> {
    this.closing = true;
    await Promise.all(
      [...this.queues.values()].map((made) => made.then((queue) => queue.close()).catch(() => undefined)),
    );
    await this.backend.close();
  }

  /** Made at its first use. One that did not get ready is forgotten, because BullMQ never tries again. */
  private async queue(name: QueueName): Promise<JobQueue> {
    const made = this.queues.get(name) ?? this.makeQueue(name);
    this.queues.set(name, made);
    try {
      return await made;
    } catch (error) {
      this.queues.delete(name);
      throw this.backend.explain(error) ?? new InfrastructureError('The broker is away.', { cause: error });
    }
  }

  private async makeQueue(name: QueueName): Promise<JobQueue> {
    const queue = this.backend.makeQueue(name);
    // An outage makes BullMQ report the same error many times a second.
    queue.on('error', (err) => {
      if (this.closing) return;
      this.throttled.run(() =>
        this.logger.warn({ name: 'broker', broker: this.name, queue: name, err }, 'broker error'),
      );
    });
    try {
      await withDeadline(() => queue.waitUntilReady(), readyMs);
      return queue;
    } catch (error) {
      void queue.close().catch(() => undefined);
      throw error;
    }
  }
}
