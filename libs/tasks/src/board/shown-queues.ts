import type { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { queueNames } from '@vaultstream/contracts';
import { withDeadline, type Logger } from '@vaultstream/runtime';
import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { redisTrouble } from '../redis/redis-trouble.ts';
import { failFast, keyPrefix } from '../redis/redis-url.ts';

/** Milliseconds that Redis may take before the board says that it is away. */
const readyMs = 3_000;

/** What the board looks at: all queues in Redis, over one connection of its own that nobody opens before somebody looks. */
export class ShownQueues {
  private redis: Redis | undefined;
  private queues: Queue[] = [];
  private opening: Promise<void> | undefined;
  private closed = false;

  /**
   * @param url As in REDIS_URL.
   * @param show Takes the queues once they are there.
   */
  constructor(
    private readonly url: string,
    private readonly logger: Logger,
    private readonly show: (queues: readonly BullMQAdapter[]) => void,
  ) {}

  /** Resolves when the queues are shown. @throws InfrastructureError when Redis is away. */
  async ready(): Promise<void> {
    const opening = (this.opening ??= this.open());
    try {
      await opening;
    } catch (error) {
      // BullMQ never tries again: the next who looks gets new ones.
      if (this.opening === opening) {
        this.opening = undefined;
        this.drop();
      }
      throw redisTrouble(error);
    }
  }

  close(): void {
    this.closed = true;
    this.drop();
  }

  private async open(): Promise<void> {
    const [{ BullMQAdapter }, { createRedisBackend, Queue }, { Redis }] = await Promise.all([
      import('@bull-board/api/bullMQAdapter'),
      import('bullmq'),
      import('ioredis'),
    ]);
    if (this.closed) throw new Error('the process stops');
    const connection = new Redis(this.url, { ...failFast, connectionName: 'vaultstream-board' });
    this.redis = connection;
    const onError = (err: unknown) => this.logger.debug({ name: 'board', err }, 'redis connection');
    connection.on('error', onError);
    connection.setMaxListeners(50); // each queue listens to it
    // Looking must not write: without `skipMetasUpdate` each queue would set its own limits down in Redis.
    const options = { connection, prefix: keyPrefix, skipMetasUpdate: true };
    this.queues = queueNames.map((name) => new Queue(name, options, createRedisBackend).on('error', onError));
    await withDeadline(() => Promise.all(this.queues.map((queue) => queue.waitUntilReady())), readyMs);
    this.show(this.queues.map((queue) => new BullMQAdapter(queue, { readOnlyMode: true })));
  }

  /** Without good manners: there is nothing under way that anybody would miss. */
  private drop(): void {
    for (const queue of this.queues) void queue.close().catch(() => undefined);
    this.queues = [];
    this.redis?.disconnect();
    this.redis = undefined;
  }
}
