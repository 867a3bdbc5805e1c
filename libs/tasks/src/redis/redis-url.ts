import type { RedisOptions } from 'ioredis';

/** Milliseconds: the first wait before the next connect, and the longest. */
const firstWaitMs = 100;
const longestWaitMs = 2_000;

/** Milliseconds to wait before connect number `times`: doubled each time up to two seconds, and spread, so that a fleet does not return in step. */
function retryStrategy(times: number): number {
  return Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(times, 10)) * (0.5 + Math.random() / 2);
}

/** What every connection to Redis has in common. The address, user, password, database and TLS are in the URL. */
const common = { retryStrategy, connectTimeout: 5_000, keepAlive: 10_000 } satisfies RedisOptions;

/**
 * For those who ask and want to know at once: nothing waits for a connection, nothing is sent twice, and a connection that does not answer
 * (half open) is dropped. Each may want a shorter `commandTimeout`.
 */
export const failFast = {
  ...common,
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  commandTimeout: 5_000,
  socketTimeout: 5_000,
} satisfies RedisOptions;

/**
 * For workers, which wait for as long as it takes. BullMQ demands `maxRetriesPerRequest: null`. Its blocking read lasts 5 s (`drainDelay`), so
 * a connection that is silent for 15 s is half open.
 */
export const patient = { ...common, maxRetriesPerRequest: null, socketTimeout: 15_000 } satisfies RedisOptions;

/** What the keys of this product in Redis begin with. Two installations on one Redis take two databases (`redis://host/1`). */
export const keyPrefix = 'vaultstream';
