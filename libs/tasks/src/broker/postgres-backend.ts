import type { Logger } from '@vaultstream/runtime';
import type { PostgresConnectionOptions } from 'bullmq';
import pg from 'pg';
import type { BullmqBackend } from './bullmq-broker.ts';
import { withHeartbeat } from './heartbeat.ts';

/** Schema that BullMQ's tables live in; its name for it too. */
export const brokerSchema = 'bullmq';

/** Connections beside one listening one per worker: publishing, claims, locks. Measured: 6 serve 18 runs at once. */
const sharedConnections = 6;

/** Milliseconds after which a statement without an answer is given up together with its connection. */
const answerMs = 30_000;

/** Rows of BullMQ's own event stream per queue. Nobody reads it. */
const eventsKept = 100;

/**
 * BullMQ's tables in Postgres, over one pool for the whole process: a pool per queue and worker meant 49 connections.
 * The tables are made by `migrateBroker`, a deploy step.
 * @param workers How many queues this process consumes.
 */
export async function postgresBackend(url: string, workers: number, logger: Logger): Promise<BullmqBackend> {
  // Loaded here, so that a process which only appends tasks never pays for it.
  const { createPostgresBackend, Queue, Worker } = await import('bullmq');
  const pool = new pg.Pool({
    connectionString: url,
    options: `-c search_path=${brokerSchema}`,
    max: workers + sharedConnections,
    connectionTimeoutMillis: 5_000,
    query_timeout: answerMs,
    keepAlive: true,
    application_name: 'vaultstream-broker',
  });
  pool.setMaxListeners(0);
  // A connection that breaks while it is lent out reports to itself; without a listener that would end the process.
  pool.on('connect', (client) => client.on('error', (err) => logger.debug({ name: 'broker', err }, 'connection lost')));
  pool.on('error', (err) => logger.debug({ name: 'broker', err }, 'idle connection lost'));
  const connection: PostgresConnectionOptions = pool;
  return {
    name: 'postgres',
    makeQueue: (name) =>
      new Queue(name, { connection, streams: { events: { maxLen: eventsKept } } }, createPostgresBackend),
    makeWorker: (name, work, options, beat) => {
      const worker = new Worker(name, work, { ...options, connection }, withHeartbeat(createPostgresBackend, beat));
      return Object.assign(worker, { abandon: () => void worker.close(true).catch(() => undefined) });
    },
    probe: async () => {
      await pool.query('SELECT 1');
      return { epoch: 'postgres' };
    },
    // Where the broker is away the task log is, too.
    explain: () => undefined,
    close: () => pool.end(),
  };
}
