import { InfrastructureError, isVaultError } from '@vaultstream/contracts';

/**
 * Reads what Postgres or the driver said out of the layers that Prisma wraps it in (`meta`, `cause`, `driverAdapterError`).
 * SQLSTATE classes: https://www.postgresql.org/docs/current/errcodes-appendix.html
 */

/** Deadlock and serialization failure: the same transaction may succeed when run again. */
const transientStates = new Set(['40001', '40P01']);
/** Connection exceptions (08), insufficient resources (53), operator intervention (57): the database is away, not wrong. */
const awayClasses = ['08', '53', '57'];
/** A lock was not to be had in time: somebody holds it for too long, which is no fault of the statement. */
const lockNotAvailable = '55P03';
/** We write, and the server is a standby: in a failover the address leads to one that is not promoted yet. What we begin as read only never writes. */
const readOnly = '25006';
/** Protocol violation: our own statement is wrong (too many parameters), although it is of class 08. */
const protocolViolation = '08P01';
/** Node and Prisma codes of a database that cannot be reached: P1001/P1002/P1008/P1017 connection, P2024 pool time-out, P2028 transaction API. */
const awayCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'P1001',
  'P1002',
  'P1008',
  'P1017',
  'P2024',
  'P2028',
]);
const awayKinds = new Set([
  'DatabaseNotReachable',
  'ConnectionClosed',
  'SocketTimeout',
  'TooManyConnections',
  'DatabaseAccessDenied',
]);
const awayMessages =
  /Connection terminated|server closed the connection|the database system is (starting up|shutting down)|terminating connection|Query read timeout|timeout exceeded when trying to connect|Client has encountered a connection error|Unable to start a transaction/i;

interface Facts {
  codes: Set<string>;
  kinds: Set<string>;
  messages: string[];
}

function collect(error: unknown, facts: Facts, depth = 0): Facts {
  if (typeof error !== 'object' || error === null || depth > 6) return facts;
  const layer = error as Record<string, unknown>;
  for (const key of ['code', 'originalCode', 'sqlState']) {
    const value = layer[key];
    if (typeof value === 'string') facts.codes.add(value);
  }
  if (typeof layer['kind'] === 'string') facts.kinds.add(layer['kind']);
  if (layer['kind'] === 'TransactionWriteConflict') facts.codes.add('40001');
  if (layer['code'] === 'P2034') facts.codes.add('40001');
  for (const key of ['message', 'originalMessage']) {
    const value = layer[key];
    if (typeof value === 'string') facts.messages.push(value);
  }
  for (const key of ['cause', 'meta', 'driverAdapterError']) collect(layer[key], facts, depth + 1);
  return facts;
}

const factsOf = (error: unknown): Facts => collect(error, { codes: new Set(), kinds: new Set(), messages: [] });

/** True when running the whole transaction again may succeed. */
export function isTransient(error: unknown): boolean {
  return [...factsOf(error).codes].some((code) => transientStates.has(code));
}

/** True when a prepared statement no longer fits its tables: a migration has changed the type of a column that it answers. */
export function isOutdatedStatement(error: unknown): boolean {
  const { codes, messages } = factsOf(error);
  // feature_not_supported, of which Postgres tells no more by its code.
  return codes.has('0A000') && messages.some((message) => message.includes('cached plan'));
}

/** True when a unique constraint refused the row (SQLSTATE 23505, Prisma P2002). */
export function isUniqueViolation(error: unknown): boolean {
  const { codes, kinds } = factsOf(error);
  return codes.has('23505') || codes.has('P2002') || kinds.has('UniqueConstraintViolation');
}

function isAwayState(code: string): boolean {
  if (code === readOnly) return true;
  return code.length === 5 && code !== protocolViolation && awayClasses.includes(code.slice(0, 2));
}

/** The same error, or an InfrastructureError when it says that the database is away. */
export function translateDatabaseError(error: unknown): unknown {
  if (isVaultError(error)) return error;
  const { codes, kinds, messages } = factsOf(error);
  const away =
    [...codes].some((code) => awayCodes.has(code) || isAwayState(code)) ||
    [...kinds].some((kind) => awayKinds.has(kind)) ||
    messages.some((message) => awayMessages.test(message));
  if (codes.has(lockNotAvailable))
    return new InfrastructureError('the database is busy', { cause: error, retryAfterMs: 2_000 });
  return away ? new InfrastructureError('the database is away', { cause: error, retryAfterMs: 2_000 }) : error;
}
