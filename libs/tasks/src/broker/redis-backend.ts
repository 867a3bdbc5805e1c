import type { Logger } from '@vaultstream/runtime';
import { redisTrouble, isRedisTrouble } from '../redis/redis-trouble.ts';
import { failFast, keyPrefix, patient } from '../redis/redis-url.ts';
import type { BullmqBackend } from './bullmq-broker.ts';
import { withHeartbeat } from './heartbeat.ts';
import { RedisProbe } from './redis-probe.ts';

/** Entries of BullMQ's own event stream per queue. Nobody reads it. */
const eventsKept = 100;

/**
 * BullMQ in Redis. One connection of this process publishes and asks, and fails at once while Redis is away; each consumed queue has two
 * more (one for its blocking read), which wait for as long as it takes.
 * @param url `redis://user:password@host:port/database`, or `rediss://` with TLS.
 */
export async function redisBackend(url: string, logger: Logger): Promise<BullmqBackend> {
  // Loaded here, so that a process without Redis never pays for it.
  const [{ createRedisBackend, Queue, Worker }, { Redis }] = await Promise.all([import('bullmq'), import('ioredis')]);
  const connect = (options: typeof failFast | typeof patient, role: string) => {
    const client = new Redis(url, { ...options, connectionName: `vaultstream-${role}` });
    client.on('error', (err) => logger.debug({ name: 'broker', role, err }, 'redis connection'));
    return client;
  };
  const asking = connect(failFast, 'relay');
  // Each queue listens to it. Not 0 (no limit): BullMQ adds its own number to what is set.
  asking.setMaxListeners(50);
  const probe = new RedisProbe(asking, logger);
  const shared = { prefix: keyPrefix, streams: { events: { maxLen: eventsKept } } };
  return {
    name: 'redis',
    makeQueue: (name) => new Queue(name, { ...shared, connection: asking }, createRedisBackend),
    makeWorker: (name, work, options, beat) => {
      const connection = connect(patient, name);
      const worker = new Worker(
        name,
        work,
        { ...options, prefix: keyPrefix, connection },
        withHeartbeat(createRedisBackend, beat),
      );
      return Object.assign(worker, {
        abandon: () => {
          // Takes its blocking connection as well, which is BullMQ's; the other one is ours.
          void worker.close(true).catch(() => undefined);
          void worker.disconnect().catch(() => undefined);
          connection.disconnect();
        },
      });
    },
    probe: () => probe.look(),
    explain: (error) => (isRedisTrouble(error) || asking.status !== 'ready' ? redisTrouble(error) : undefined),
    close: async () => {
      asking.disconnect();
    },
  };
}
