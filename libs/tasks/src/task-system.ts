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
import { BullmqBroker } from './broker/bullmq-broker.ts';
import { postgresBackend } from './broker/postgres-backend.ts';
import type { Handlers } from './handler.ts';
import { Relay } from './relay/relay.ts';
import { Scheduler } from './scheduler/scheduler.ts';
import { QueueHealth } from './task-health.ts';
import type { RunLimits } from './worker/task-runner.ts';
import { TaskWorkers } from './worker/task-workers.ts';

export interface TaskSystemOptions {
  databaseUrl: string;
  store: TaskStore;
  schedules: { store: ScheduleStore; rows: readonly ScheduleDefinition[] } | undefined;
  unitOfWork: UnitOfWork;
  logger: Logger;
  metrics: Metrics;
  handlers: Partial<Handlers<TaskName>>;
  /** Queues served here, each with how many tasks are worked on at once. */
  concurrency: Partial<Record<QueueName, number>>;
  relay: boolean;
  /** No other process runs tasks of this database: what was running when we start was killed. */
  soleOwner: boolean;
  limits?: RunLimits;
}

/** Milliseconds between two attempts to start while the database is away. */
const startRetryMs = 1_000;

/** Broker, relay, workers and scheduler of one process: started together, stopped in the order of the shutdown. */
export class TaskSystem {
  readonly health = new QueueHealth();
  private broker: BullmqBroker | undefined;
  private relay: Relay | undefined;
  private workers: TaskWorkers | undefined;
  private scheduler: Scheduler | undefined;
  private starting: Promise<void> | undefined;
  private stopping = false;
  private released = false;

  constructor(private readonly options: TaskSystemOptions) {}

  /** Starts in the background, again and again until the database answers; the process serves meanwhile. */
  start(): void {
    this.starting = this.startPatiently();
  }

  async stopScheduler(): Promise<void> {
    this.stopping = true;
    await this.starting;
    await this.scheduler?.stop();
  }

  async stopRelay(): Promise<void> {
    await this.relay?.stop();
  }

  /** See TaskWorkers.stop. Closes the broker too. */
  async stopWorkers(deadlineMs: number): Promise<void> {
    const { workers, broker } = this;
    this.workers = undefined;
    this.broker = undefined;
    await workers?.stop(deadlineMs);
    await broker?.close();
  }

  private async startPatiently(): Promise<void> {
    while (!this.stopping) {
      try {
        return await this.startOnce();
      } catch (err) {
        this.options.logger.warn({ name: 'tasks.start', err }, 'tasks cannot start yet');
        await new Promise((resolve) => setTimeout(resolve, startRetryMs));
      }
    }
  }

  private async startOnce(): Promise<void> {
    const { databaseUrl, store, schedules, logger, concurrency } = this.options;
    this.broker ??= new BullmqBroker(
      await postgresBackend(databaseUrl, Object.keys(concurrency).length, logger),
      logger,
    );
    await this.releaseLeftovers();
    const workers = new TaskWorkers({ ...this.options, broker: this.broker });
    await workers.start();
    this.workers = workers;
    if (this.options.relay) this.relay = new Relay(store, this.broker, logger, { databaseUrl });
    this.relay?.start();
    if (schedules !== undefined) this.scheduler = new Scheduler(schedules.store, schedules.rows, logger);
    this.scheduler?.start();
    this.health.parts = { broker: this.broker, relay: this.relay };
    logger.info({ name: 'tasks.started', queues: concurrency, relay: this.options.relay }, 'tasks run');
  }

  /** Once, and before the first worker: a run of our own must never be taken for one of a killed process. */
  private async releaseLeftovers(): Promise<void> {
    if (!this.options.soleOwner || this.released) return;
    await this.options.store.releaseAll();
    this.released = true;
  }
}

/** The concurrency of the served queues, as the environment says. */
export function concurrencyOf(
  queues: readonly QueueName[] | undefined,
  concurrency: Readonly<Record<QueueName, number>>,
): Partial<Record<QueueName, number>> {
  return Object.fromEntries((queues ?? queueNames).map((queue) => [queue, concurrency[queue]]));
}
