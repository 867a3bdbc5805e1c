import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import {
  InfrastructureError,
  type QueueName,
  type TaskName,
  type TaskStore,
  type UnitOfWork,
} from '@vaultstream/contracts';
import type { Logger, Metrics } from '@vaultstream/runtime';
import type { Broker, Consumer } from '../broker/broker.ts';
import type { Handlers } from '../handler.ts';
import { QueueWorker } from './queue-worker.ts';
import { TaskRunner, type RunLimits } from './task-runner.ts';
import { TaskTelemetry, zeroTaskMetrics } from './task-telemetry.ts';
import { within } from './within.ts';

export interface TaskWorkersOptions {
  store: TaskStore;
  unitOfWork: UnitOfWork;
  logger: Logger;
  metrics: Metrics;
  /** Queues served here, each with how many tasks are worked on at once. */
  concurrency: Partial<Record<QueueName, number>>;
  /** Complete for these queues: see composeHandlers. */
  handlers: Partial<Handlers<TaskName>>;
  limits?: RunLimits;
}

/** Milliseconds that runs have to give their leases back once the deadline of `stop` is over. */
const releaseMs = 3_000;

/** The competing workers of this process: one consumer per queue and broker. */
export class TaskWorkers {
  private readonly stopping = new AbortController();
  private readonly consumers: Consumer[] = [];
  private readonly queues: ReadonlyMap<QueueName, QueueWorker>;
  private stopped = false;

  constructor(options: TaskWorkersOptions) {
    const { store, unitOfWork, handlers, logger, metrics, limits } = options;
    zeroTaskMetrics(metrics, Object.keys(options.concurrency) as QueueName[]);
    const runner = new TaskRunner({
      store,
      unitOfWork,
      handlers,
      logger,
      ...(limits && { limits }),
      telemetry: new TaskTelemetry(logger, metrics),
      worker: `${hostname()}:${process.pid}:${randomBytes(3).toString('hex')}`,
      stop: this.stopping.signal,
    });
    const served = Object.entries(options.concurrency) as [QueueName, number][];
    this.queues = new Map(
      served.map(([queue, concurrency]) => [queue, new QueueWorker({ queue, concurrency, runner, logger })]),
    );
  }

  /** The consumer that has fetched nothing for longest. */
  get mostSilent(): Consumer | undefined {
    return this.consumers.toSorted((a, b) => b.silentMs - a.silentMs)[0];
  }

  /**
   * Works on what this broker brings, too: several brokers share the slots of a queue.
   * @throws InfrastructureError when it takes no work; nothing of it is consumed then.
   */
  async serve(broker: Broker): Promise<void> {
    const made: Consumer[] = [];
    try {
      for (const [queue, worker] of this.queues)
        made.push(await broker.consume(queue, worker.wakeUpsAtOnce, (chunk) => worker.work(chunk)));
      if (this.stopped) throw new InfrastructureError('the process stops');
      this.consumers.push(...made);
    } catch (error) {
      await Promise.all(made.map((consumer) => consumer.close()));
      throw error;
    }
  }

  /**
   * Fetches nothing more, hands back what has not begun and waits for what runs; what still runs after `deadlineMs` is aborted and its lease
   * given back, so that it starts elsewhere at once.
   */
  async stop(deadlineMs: number): Promise<void> {
    this.stopped = true;
    const workers = [...this.queues.values()];
    for (const worker of workers) worker.stop();
    const closed = Promise.allSettled(this.consumers.map((consumer) => consumer.close())).then(() =>
      Promise.all(workers.map((worker) => worker.idle())),
    );
    await within(closed, deadlineMs);
    this.stopping.abort();
    await within(closed, releaseMs);
  }
}
