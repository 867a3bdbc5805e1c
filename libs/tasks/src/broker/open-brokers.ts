import type { Env, Logger } from '@vaultstream/runtime';
import type { Broker } from './broker.ts';
import { BullmqBroker } from './bullmq-broker.ts';
import { postgresBackend } from './postgres-backend.ts';
import { redisBackend } from './redis-backend.ts';

/** Which brokers: see QUEUE_TYPE, REDIS_URL and QUEUE_FALLBACK in `.env.example`. */
export type QueueChoice = Env['queue'];

/** The broker of choice, and the one that stands in for it. */
export interface Brokers {
  first: Broker;
  standIn?: Broker;
}

/**
 * The brokers of this process. Nothing is asked of them yet: they may be away.
 * @param consumed How many queues this process consumes.
 * @throws Error when REDIS_URL is missing.
 */
export async function openBrokers(
  choice: QueueChoice,
  databaseUrl: string,
  consumed: number,
  logger: Logger,
): Promise<Brokers> {
  const postgres = async () => new BullmqBroker(await postgresBackend(databaseUrl, consumed, logger), logger);
  if (choice.type === 'postgres') return { first: await postgres() };
  if (choice.redisUrl === undefined) throw new Error('REDIS_URL: is needed when QUEUE_TYPE=bullmq');
  const first = new BullmqBroker(await redisBackend(choice.redisUrl, logger), logger);
  return choice.fallback === 'postgres' ? { first, standIn: await postgres() } : { first };
}
