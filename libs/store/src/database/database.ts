import { PrismaPg } from '@prisma/adapter-pg';
import { InfrastructureError, UnitOfWork, type Tx } from '@vaultstream/contracts';
import pg from 'pg';
import { PrismaClient } from '../generated/client.ts';
import { isTransient, translateDatabaseError } from './pg-errors.ts';
import { PreparedStatements } from './prepared.ts';
import { prismaOver, statementsOver, type Statements } from './statements.ts';
import { runTransaction } from './transaction.ts';
import { sealTx } from './tx.ts';
import { watchStatements, type AnsweredStatement } from './watch-statements.ts';

export interface DatabaseOptions {
  /** `postgresql://...` */
  url: string;
  /** Connections of this process's pool (10). */
  poolSize?: number;
  /** Shown in pg_stat_activity. */
  applicationName?: string;
  /** Told of each statement that was answered. */
  onStatement?: (statement: AnsweredStatement) => void;
}

/** Times a transaction is run again after a deadlock or a serialization failure. */
const transientRetries = 3;

/** Milliseconds after which a statement without an answer is given up together with its connection: whoever should answer is gone. */
const answerMs = 30_000;

/**
 * What every session says first. The adapter drops the zone when it reads a timestamptz: all must speak UTC. The server gives up when we
 * do: else it would let each transaction that we have given up wait on for its lock, and the connections with them would know no bound. And
 * what a stopped or cut off process has locked is free again.
 */
const session = [
  'TimeZone=UTC',
  'lock_timeout=4s',
  `statement_timeout=${answerMs}`,
  'idle_in_transaction_session_timeout=15s',
];

/** The process's one door to Postgres. */
export class Database extends UnitOfWork {
  /** For reads outside a transaction. Writes go through `transact`. Errors are translated: see `reading`. */
  readonly client: PrismaClient;
  private readonly pool: pg.Pool;
  private readonly prepared = new PreparedStatements();
  private readonly often: Statements;

  constructor(readonly options: DatabaseOptions) {
    super();
    this.pool = new pg.Pool({
      connectionString: options.url,
      max: options.poolSize ?? 10,
      connectionTimeoutMillis: 5_000,
      idleTimeoutMillis: 30_000,
      application_name: options.applicationName ?? 'vaultstream',
      // Statements of a transaction follow each other without waiting where the code does not.
      pipeline: true,
      query_timeout: answerMs,
      keepAlive: true,
      options: session.map((setting) => `-c ${setting}`).join(' '),
    });
    const { onStatement } = options;
    if (onStatement) this.pool.on('connect', (connection) => watchStatements(connection, onStatement));
    const models = new PrismaClient({ adapter: new PrismaPg(this.pool, { disposeExternalPool: true }) });
    this.client = prismaOver(statementsOver(this.pool), () => models);
    this.often = statementsOver({ query: (statement) => this.pool.query(this.prepared.named(statement)) });
    // A connection that breaks must not end the process: neither one that waits in the pool, nor one that was just handed out, to which its
    // new owner does not listen yet. Whoever uses it hears of it from the next statement.
    this.pool.on('error', () => undefined);
    this.pool.on('connect', (connection) => connection.on('error', () => undefined));
  }

  /** Connections of this process: at work and idle, and how many callers wait for one. */
  get connections(): { active: number; idle: number; waiting: number } {
    const { totalCount, idleCount, waitingCount } = this.pool;
    return { active: totalCount - idleCount, idle: idleCount, waiting: waitingCount };
  }

  override async transact<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await runTransaction(this.pool, this.prepared, (client) => work(sealTx(client)));
      } catch (error) {
        if (!this.prepared.outdatedBy(error) && !isTransient(error)) throw translateDatabaseError(error);
        await this.beforeRetry(error, attempt);
      }
    }
  }

  /**
   * Runs a read and translates its errors.
   * @throws InfrastructureError when the database is away.
   */
  async reading<T>(read: (client: PrismaClient) => Promise<T>): Promise<T> {
    try {
      return await read(this.client);
    } catch (error) {
      throw translateDatabaseError(error);
    }
  }

  /**
   * Runs single statements of the hot path outside a transaction: prepared, and run again after a deadlock. Each must be whole by itself.
   * @throws InfrastructureError when the database is away.
   */
  async statement<T>(run: (client: Statements) => Promise<T>): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await run(this.often);
      } catch (error) {
        if (!this.prepared.outdatedBy(error) && !isTransient(error)) throw translateDatabaseError(error);
        await this.beforeRetry(error, attempt);
      }
    }
  }

  /** @throws InfrastructureError when the database does not answer. */
  async ping(): Promise<void> {
    await this.reading((client) => client.$queryRaw`SELECT 1`);
  }

  async close(): Promise<void> {
    await this.client.$disconnect();
    // The adapter ends the pool that it was given, but only if it was ever used.
    if (!this.pool.ending) await this.pool.end();
  }

  /** A random pause lets the two that met each other part. @throws InfrastructureError after too many of them. */
  private async beforeRetry(cause: unknown, attempt: number): Promise<void> {
    if (attempt >= transientRetries)
      throw new InfrastructureError("transactions keep getting in each other's way", { cause, retryAfterMs: 1_000 });
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 20 * 2 ** attempt));
  }
}
