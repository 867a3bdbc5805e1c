import { taskChannel } from '@vaultstream/contracts';
import type { TxClient } from '../database/tx.ts';
import { Prisma } from '../generated/client.ts';

/** Key of the advisory lock that lets one transaction at a time ring; the digits have no meaning. */
const bellLock = 4_711_001;

/** Milliseconds: relays look at least this often by themselves. */
const pollMs = 1_000;

/**
 * A query that wakes the relays when the transaction commits. Commits that notify queue up behind one another, so whoever finds the bell
 * taken leaves it: the relay that wakes for the other, or its poll, sees these rows too.
 */
export const ringing = Prisma.sql`SELECT pg_notify(${taskChannel}, '')::text AS rung WHERE pg_try_advisory_xact_lock(${bellLock}::bigint)`;

/** See `ringing`. */
export async function ringBell(client: TxClient): Promise<void> {
  await client.$queryRaw(ringing);
}

/** An expression that rings, for a row that is due before the relays' next look. */
export function ringWhenSoon(delayMs: number): Prisma.Sql {
  return Prisma.sql`CASE WHEN ${delayMs < pollMs}::boolean AND pg_try_advisory_xact_lock(${bellLock}::bigint)
    THEN pg_notify(${taskChannel}, '')::text END`;
}
