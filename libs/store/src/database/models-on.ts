import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { PrismaClient } from '../generated/client.ts';

/** Statements by which Prisma would begin and end a transaction: ours is open already. */
const boundaries = /^(BEGIN|COMMIT|ROLLBACK)$/;

type Query = (statement: pg.QueryConfig) => Promise<pg.QueryResult>;

/** Pretends to be a pool of which there is one connection, lent out for good and inside a transaction. */
class OneConnection extends pg.Pool {
  /** Of the transaction that is open on it: refuses once that has ended. */
  current: Query;

  constructor(query: Query) {
    super();
    this.current = query;
    this.query = this.send as typeof this.query;
    this.connect = (async () => this.lend()) as unknown as typeof this.connect;
  }

  override async end(): Promise<void> {
    // The connection belongs to the real pool.
  }

  private readonly send = async (query: pg.QueryConfig): Promise<unknown> =>
    boundaries.test(query.text) ? { rows: [], fields: [], rowCount: 0 } : this.current(query);

  private lend() {
    const ignore = () => undefined;
    return { query: this.send, release: ignore, on: ignore, removeListener: ignore };
  }
}

const known = new WeakMap<pg.PoolClient, { place: OneConnection; models: PrismaClient }>();

/**
 * Prisma's models over one connection of the pool, for the few statements inside our transactions that are not raw. Kept with the
 * connection: making one takes 50 ms and 4 MB.
 * @param query Sends a statement of the transaction that is open on it.
 */
export function modelsOn(connection: pg.PoolClient, query: Query): PrismaClient {
  const kept = known.get(connection);
  if (kept !== undefined) {
    kept.place.current = query;
    return kept.models;
  }
  const place = new OneConnection(query);
  const models = new PrismaClient({ adapter: new PrismaPg(place) });
  known.set(connection, { place, models });
  return models;
}
