import {
  defaultPriority,
  type TaskStore,
  type AnyNewTask,
  type PayloadOf,
  type QueueName,
  type TaskName,
  type TaskRef,
  type Tx,
} from '@vaultstream/contracts';
import { createLogger, Metrics, type Logger } from '@vaultstream/runtime';
import { Database, DeadLetters, PostgresSchedules, PostgresTaskLog, PostgresTaskStore } from '@vaultstream/store';
import { eventually, testDatabase, type TestDatabase, type TestRedis } from '@vaultstream/testing';
import { PassThrough } from 'node:stream';
import { openBrokers, type QueueChoice } from '../src/broker/open-brokers.ts';
import { migrateBroker, type Broker, type HandlerGroup, type Handlers, type TaskHandler } from '../src/index.ts';
import { effect } from './effect.ts';
import { TaskSystem, type TaskSystemOptions } from '../src/task-system.ts';

/** A database with the task log, the broker's tables and a table of effects that would show every double. */
export class TaskWorld {
  readonly log = new PostgresTaskLog();
  readonly lines: Record<string, unknown>[] = [];
  readonly logger: Logger;
  readonly metrics: Metrics;
  private readonly systems: TaskSystem[] = [];

  private constructor(
    readonly url: string,
    readonly db: Database,
    readonly store: TaskStore,
    private readonly database: TestDatabase | undefined,
    /** Given: it carries the work, without a fallback. */
    readonly redis: TestRedis | undefined,
  ) {
    const stream = new PassThrough();
    stream.on('data', (chunk: Buffer) => {
      for (const line of chunk.toString().split('\n'))
        if (line !== '') this.lines.push(JSON.parse(line) as Record<string, unknown>);
    });
    this.logger = createLogger('test', { level: 'debug', format: 'json', stream });
    this.metrics = new Metrics(this.logger);
  }

  /** @param url A database of the test's own, in place of a fresh one on the shared server. */
  static async make(url?: string, redis?: TestRedis): Promise<TaskWorld> {
    const database = url === undefined ? await testDatabase() : undefined;
    const where = url ?? database?.url ?? '';
    await migrateBroker(where);
    const db = new Database({ url: where });
    const world = new TaskWorld(where, db, new PostgresTaskStore(db), database, redis);
    await world.sql('CREATE TABLE IF NOT EXISTS effects (id serial, key int NOT NULL, run text NOT NULL)');
    return world;
  }

  get deadLetters(): DeadLetters {
    return new DeadLetters(this.db);
  }

  get schedules(): PostgresSchedules {
    return new PostgresSchedules(this.db);
  }

  /** Stops everything and drops the database. */
  async end(): Promise<void> {
    await Promise.all(this.systems.map((system) => stop(system)));
    await this.db.close();
    await this.database?.drop();
    await this.redis?.remove();
  }

  /** Which broker the systems of this world use. */
  get queue(): QueueChoice {
    return { type: this.redis === undefined ? 'postgres' : 'bullmq', redisUrl: this.redis?.url, fallback: 'none' };
  }

  /** A broker as one process has it. */
  async broker(): Promise<Broker> {
    return (await openBrokers(this.queue, this.url, 1, this.logger)).first;
  }

  /** Makes the broker lose everything that it was given. */
  async wipeBroker(): Promise<void> {
    if (this.redis === undefined) await this.sql('TRUNCATE bullmq.job CASCADE');
    else await this.redis.send('FLUSHALL');
  }

  /** Empties all tables and the log lines, between tests. */
  async clear(): Promise<void> {
    await this.sql('TRUNCATE effects, tasks, dead_letters CASCADE');
    await this.wipeBroker();
    this.lines.length = 0;
  }

  append(...tasks: AnyNewTask[]): Promise<TaskRef[]> {
    return this.db.transact((tx) => this.log.append(tx, tasks));
  }

  /** Relay and workers in this process. Handlers that are not given do nothing. */
  start(handlers: Partial<Handlers<TaskName>>, options: Partial<TaskSystemOptions> = {}): TaskSystem {
    const system = new TaskSystem({
      databaseUrl: this.url,
      queue: this.queue,
      store: this.store,
      unitOfWork: this.db,
      logger: this.logger,
      metrics: this.metrics,
      schedules: undefined,
      handlers,
      concurrency: { parse: 4 } satisfies Partial<Record<QueueName, number>>,
      relay: true,
      soleOwner: false,
      ...options,
    });
    this.systems.push(system);
    system.start();
    return system;
  }

  sql<Row = Record<string, unknown>>(text: string, ...values: unknown[]): Promise<Row[]> {
    return this.db.client.$queryRawUnsafe<Row[]>(text, ...values);
  }

  /** Keys of all effects, in order of their commit. */
  async effects(): Promise<number[]> {
    return (await this.sql<{ key: number }>('SELECT key FROM effects ORDER BY id')).map((row) => row.key);
  }

  /** Waits until the log is empty. */
  drained(timeoutMs = 20_000): Promise<boolean> {
    return eventually(async () => (await this.sql('SELECT 1 FROM tasks LIMIT 1')).length === 0, { timeoutMs });
  }

  /** The wide lines of task runs so far. */
  get runs(): Record<string, unknown>[] {
    return this.lines.filter((line) => line['name'] === 'task.run');
  }
}

/** A `content.parse` task. */
export function parseTask(content_id: number, more: Partial<AnyNewTask> = {}): AnyNewTask {
  return {
    name: 'content.parse',
    payload: { content_id },
    trace: { request_id: null, traceparent: null },
    ...more,
  } as AnyNewTask;
}

/** A `delivery.plan` task: of those that share wake-ups. */
export function planTask(content_id: number, priority = defaultPriority): AnyNewTask {
  return { name: 'delivery.plan', payload: { content_id }, priority, trace: { request_id: null, traceparent: null } };
}

/** A handler table for `content.parse` out of one function. */
export function onParse(
  run: TaskHandler<'content.parse'>['run'],
  onDead?: TaskHandler<'content.parse'>['onDead'],
): HandlerGroup['handlers'] & Handlers<'content.parse'> {
  return { 'content.parse': { run, ...(onDead && { onDead }) } };
}

/** As `onParse`, for `delivery.plan`. */
export function onPlan(run: TaskHandler<'delivery.plan'>['run']): Handlers<'delivery.plan'> {
  return { 'delivery.plan': { run } };
}

/** Commits the content's id as its effect. */
export const recordParse = async (
  { content_id }: PayloadOf<'content.parse'>,
  context: { commit<T>(work: (tx: Tx) => Promise<T>): Promise<T> },
): Promise<void> => {
  await context.commit((tx) => effect(tx, content_id));
};

/** Stops one system as a shutdown does. */
export async function stop(system: TaskSystem, deadlineMs = 5_000): Promise<void> {
  await system.stopScheduler();
  await system.stopRelay();
  await system.stopWorkers(deadlineMs);
}
