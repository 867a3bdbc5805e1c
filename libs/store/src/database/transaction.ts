import type { Writable } from 'node:stream';
import { InfrastructureError } from '@vaultstream/contracts';
import type pg from 'pg';
import { modelsOn } from './models-on.ts';
import type { PreparedStatements } from './prepared.ts';
import { prismaOver, statementsOver } from './statements.ts';
import type { TxClient } from './tx.ts';

/** Milliseconds that a transaction may take: it spans no network and no file, and holds locks that others wait for. */
const longestMs = 5_000;

/**
 * Runs `work` in one transaction on a connection of the pool: commits when it returns, rolls back when it throws. After its end the client
 * that it was given refuses to work.
 * @throws InfrastructureError when it takes longer than 5 s, or its commit does (which may then have happened all the same); else whatever `work` or the driver throws.
 */
export async function runTransaction<T>(
  pool: pg.Pool,
  prepared: PreparedStatements,
  work: (client: TxClient) => Promise<T>,
): Promise<T> {
  const connection = await pool.connect();
  let over = false;
  let ended = false;
  let broken: Error | undefined;
  const onError = (error: Error) => {
    broken = error;
  };
  connection.on('error', onError);
  const query = async (statement: pg.QueryConfig): Promise<pg.QueryResult> => {
    if (over) throw new Error('the transaction has ended: its client was used after it');
    return connection.query(prepared.named(statement));
  };
  try {
    // Not awaited, and held back for the moment in which `work` sends its first statements: they leave in one write. Should it fail, so
    // does every statement after it.
    const wire = wireOf(connection);
    wire?.cork();
    const begun = connection.query('BEGIN');
    begun.catch(() => undefined);
    const working = (async () => work(prismaOver(statementsOver({ query }), () => modelsOn(connection, query))))();
    wire?.uncork();
    const result = await withinTime(working);
    await begun;
    over = true;
    const { command } = await withinTime(connection.query('COMMIT'));
    ended = true;
    if (command !== 'COMMIT') throw new Error('a statement of the transaction had failed, and nobody said so');
    return result;
  } catch (error) {
    over = true;
    if (error instanceof TooLong) broken = error;
    // A connection that cannot even roll back is thrown away: the server then does it.
    if (broken === undefined && !ended) await withinTime(connection.query('ROLLBACK')).catch(onError);
    throw error;
  } finally {
    connection.removeListener('error', onError);
    connection.release(broken);
  }
}

/** The socket below a connection: the driver keeps it in `connection.stream`, and does not say so in its types. */
function wireOf(connection: pg.PoolClient): Writable | undefined {
  return (connection as { connection?: { stream?: Writable } }).connection?.stream;
}

class TooLong extends InfrastructureError {}

async function withinTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new TooLong(`a transaction took longer than ${longestMs} ms`, { retryAfterMs: 1_000 })),
      longestMs,
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
