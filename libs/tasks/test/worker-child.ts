/**
 * A worker process for tests that kill it: relay and workers of the queues `parse` and `plan` on one database, its log on stdout.
 *
 *   node --import ./scripts/source.mjs libs/tasks/test/worker-child.ts '{"url": "postgresql://..."}'
 */
import type { Chunk, QueueName, WakeUp } from '@vaultstream/contracts';
import { createLogger, Metrics } from '@vaultstream/runtime';
import { Database, PostgresTaskStore } from '@vaultstream/store';
import { Broker, type AtBroker, type BrokerState, type Consumer } from '../src/broker/index.ts';
import { openBrokers } from '../src/broker/open-brokers.ts';
import type { Handlers, TaskHandler } from '../src/handler.ts';
import { Relay } from '../src/relay/relay.ts';
import { TaskWorkers } from '../src/worker/task-workers.ts';
import { effect } from './effect.ts';
import type { ChildOptions } from './worker-process.ts';

const options = JSON.parse(process.argv[2] ?? '{}') as ChildOptions;
const logger = createLogger('worker', { level: 'info', format: 'json' });
const die = () => process.kill(process.pid, 'SIGKILL');
/** Ends the process here and now, if this is the place. */
async function crashPoint(name: ChildOptions['crashAt']): Promise<void> {
  if (options.crashAt !== name) return;
  die();
  await new Promise(() => undefined);
}

/** Dies around the hand-over, where asked. */
class MortalBroker extends Broker {
  readonly name: string;
  constructor(private readonly inner: Broker) {
    super();
    this.name = inner.name;
  }
  async publish(queue: QueueName, wakeUps: readonly WakeUp[]): Promise<void> {
    await crashPoint('before-publish');
    await this.inner.publish(queue, wakeUps);
    await crashPoint('after-publish');
  }
  probe = (): Promise<BrokerState> => this.inner.probe();
  holds = <G extends AtBroker>(queue: QueueName, tasks: readonly G[]): Promise<G[]> => this.inner.holds(queue, tasks);
  consume = (queue: QueueName, concurrency: number, work: (chunk: Chunk) => Promise<void>): Promise<Consumer> =>
    this.inner.consume(queue, concurrency, work);
  close = (): Promise<void> => this.inner.close();
}

const handler: TaskHandler<'content.parse'> & TaskHandler<'delivery.plan'> = {
  async run({ content_id }, context) {
    await crashPoint('after-claim');
    if (content_id === options.pill) die();
    const { minMs, maxMs } = options.work;
    await new Promise((resolve) => setTimeout(resolve, minMs + Math.random() * (maxMs - minMs)));
    await context.commit(async (tx) => {
      await effect(tx, content_id, options.name);
      await crashPoint('before-commit');
    });
    await crashPoint('after-commit');
  },
};
const handlers: Handlers<'content.parse' | 'delivery.plan'> = { 'content.parse': handler, 'delivery.plan': handler };

const db = new Database({ url: options.url });
const store = new PostgresTaskStore(db);
const { first } = await openBrokers(
  { type: options.redisUrl === undefined ? 'postgres' : 'bullmq', redisUrl: options.redisUrl, fallback: 'none' },
  options.url,
  2,
  logger,
);
const broker = new MortalBroker(first);
const workers = new TaskWorkers({
  store,
  unitOfWork: db,
  logger,
  metrics: new Metrics(logger),
  handlers,
  concurrency: { parse: options.concurrency, plan: options.concurrency },
  limits: { leaseMs: options.leaseMs },
});
await workers.serve(broker);
new Relay(store, { first: broker }, logger, { databaseUrl: options.url, staleMs: 1_000 }).start();
logger.info({ name: 'child.ready' });
