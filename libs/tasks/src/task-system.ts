import {
  queueNames,
  type QueueName,
  type ScheduleDefinition,
  type ScheduleStore,
  type TaskName,
  type TaskStore,
  type UnitOfWork,
} from '@vaultstream/contracts';
import type { Logger, Metrics } from '@vaultstream/runtime';
import type { Broker } from './broker/broker.ts';
import { openBrokers, type Brokers, type QueueChoice } from './broker/open-brokers.ts';
import { Throttled } from './broker/throttled.ts';
import type { Handlers } from './handler.ts';
import { Relay } from './relay/relay.ts';
import { Scheduler } from './scheduler/scheduler.ts';
import { QueueHealth } from './task-health.ts';
import type { RunLimits } from './worker/task-runner.ts';
import { TaskWorkers } from './worker/task-workers.ts';
import { within } from './worker/within.ts';

export interface TaskSystemOptions {
  databaseUrl: string;
  queue: QueueChoice;
  store: TaskStore;
  schedules: { store: ScheduleStore; rows: readonly ScheduleDefinition[] } | undefined;
  unitOfWork: UnitOfWork;
  logger: Logger;
  metrics: Metrics;
  handlers: Partial<Handlers<TaskName>>;
  /** Queues served here, each with how many tasks are worked on at once. May be none. */
  concurrency: Partial<Record<QueueName, number>>;
  relay: boolean;
  /** No other process runs tasks of this database: what was running when we start was killed. */
  soleOwner: boolean;
  limits?: RunLimits;
}

/** Milliseconds between two attempts to start while the database or a broker is away. */
const startRetryMs = 1_000;

/** Brokers, relay, workers and scheduler of one process: started together, stopped in the order of the shutdown. */
export class TaskSystem {
  readonly health = new QueueHealth();
  private readonly workers: TaskWorkers;
  private brokers: Brokers | undefined;
  private relay: Relay | undefined;
  private scheduler: Scheduler | undefined;
  private starting: Promise<void> | undefined;
  private serving: Promise<unknown> = Promise.resolve();
  private readonly unserved = new Map<Broker, Error>();
  private stopping = false;
  private released = false;

  constructor(private readonly options: TaskSystemOptions) {
    this.workers = new TaskWorkers(options);
  }

  /** Starts in the background, again and again until database and brokers answer; the process serves meanwhile. */
  start(): void {
    this.starting = this.patiently(() => this.startOnce());
  }

  async stopScheduler(): Promise<void> {
    this.stopping = true;
    await this.starting;
    await this.scheduler?.stop();
  }

  async stopRelay(): Promise<void> {
    await this.relay?.stop();
  }

  /** See TaskWorkers.stop. Closes the brokers too. A broker that is just being tried is not waited for beyond the deadline. */
  async stopWorkers(deadlineMs: number): Promise<void> {
    const { brokers } = this;
    this.brokers = undefined;
    const end = performance.now() + deadlineMs;
    await within(this.serving, deadlineMs);
    await this.workers.stop(Math.max(0, end - performance.now()));
    await Promise.all([brokers?.first.close(), brokers?.standIn?.close()]);
  }

  private async startOnce(): Promise<void> {
    const { databaseUrl, queue, store, schedules, logger, concurrency } = this.options;
    const brokers = (this.brokers ??= await openBrokers(queue, databaseUrl, Object.keys(concurrency).length, logger));
    await this.releaseLeftovers();
    if (this.options.relay) this.relay = new Relay(store, brokers, logger, { databaseUrl });
    if (schedules !== undefined) this.scheduler = new Scheduler(schedules.store, schedules.rows, logger);
    // Each broker for itself: one that is away must not keep the other's work waiting.
    const all = brokers.standIn === undefined ? [brokers.first] : [brokers.first, brokers.standIn];
    this.serving = Promise.all(all.map((broker) => this.serve(broker)));
    this.relay?.start();
    this.scheduler?.start();
    this.health.parts = {
      brokers,
      relay: this.relay,
      workers: this.workers,
      waiting: () => this.unserved.values().next().value,
    };
    logger.info(
      { name: 'tasks.started', broker: queue.type, queues: concurrency, relay: this.options.relay },
      'tasks run',
    );
  }

  private async serve(broker: Broker): Promise<void> {
    await this.patiently(
      () => this.workers.serve(broker),
      (error) => this.unserved.set(broker, error),
    );
    this.unserved.delete(broker);
  }

  /** Once, and before the first worker: a run of our own must never be taken for one of a killed process. */
  private async releaseLeftovers(): Promise<void> {
    if (!this.options.soleOwner || this.released) return;
    await this.options.store.releaseAll();
    this.released = true;
  }

  /** Does it until it succeeds or the process stops. */
  private async patiently(work: () => Promise<void>, onTrouble?: (error: Error) => void): Promise<void> {
    const trouble = new Throttled();
    while (!this.stopping) {
      try {
        return await work();
      } catch (err) {
        onTrouble?.(err instanceof Error ? err : new Error(String(err)));
        trouble.run(() => this.options.logger.warn({ name: 'tasks.start', err }, 'tasks cannot start yet'));
        await new Promise((resolve) => setTimeout(resolve, startRetryMs));
      }
    }
  }
}

/** The concurrency of the served queues, as the environment says. */
export function concurrencyOf(
  queues: readonly QueueName[] | undefined,
  concurrency: Readonly<Record<QueueName, number>>,
): Partial<Record<QueueName, number>> {
  return Object.fromEntries((queues ?? queueNames).map((queue) => [queue, concurrency[queue]]));
}
