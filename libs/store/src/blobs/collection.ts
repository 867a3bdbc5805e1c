import type { Tx } from '@vaultstream/contracts';
import { openTx } from '../database/tx.ts';
import { Prisma } from '../generated/client.ts';

/**
 * The collector's side of the protocol, one short transaction a step: condemn what nothing refers to, and much later turn it into
 * a tombstone; the bytes are deleted after that commit. Each step looks at references and claims again.
 *
 * A tombstone whose `condemned_at` is still set has a delete outstanding: it was not sent, or not confirmed.
 */

/** A blob whose bytes are to be deleted now. */
export interface Doomed {
  sha256: string;
  key: string;
  /** Bytes. */
  size: number;
}

/** How much may be deleted in 24 hours, by all processes together: a fault that loses references must not empty the store. */
export interface DeletionCap {
  /** Of all blobs: 0 to 1. */
  share: number;
  /** Blobs that may go however few there are, and that may go however many there are. */
  least: number;
  most: number;
}

const unreferenced = Prisma.sql`NOT EXISTS (SELECT 1 FROM media m WHERE m.blob_sha256 = b.sha256)`;
const unclaimed = Prisma.sql`(b.claimed_until IS NULL OR b.claimed_until < now())`;
const olderThan = (column: Prisma.Sql, ms: number): Prisma.Sql =>
  Prisma.sql`${column} < now() - make_interval(secs => ${ms / 1_000})`;

/** The rows that `condemn` would take. */
const condemnable = (graceMs: number): Prisma.Sql => Prisma.sql`
  b.state IN ('claimed', 'live') AND ${unclaimed} AND ${unreferenced} AND ${olderThan(Prisma.sql`b.touched_at`, graceMs)}`;

/**
 * live -> condemned, for what nobody refers to and nobody has touched during the grace. Harmless: a storer revives it.
 * A row that a storer holds is skipped; one that it has just released has been touched.
 */
export async function condemn(tx: Tx, graceMs: number, limit: number): Promise<number> {
  return openTx(tx).$executeRaw`
    UPDATE blobs SET state = 'condemned', condemned_at = now() WHERE sha256 IN
      (SELECT b.sha256 FROM blobs b WHERE ${condemnable(graceMs)} ORDER BY b.touched_at LIMIT ${limit} FOR UPDATE SKIP LOCKED)`;
}

/** What `condemn` would do. */
export async function countCondemnable(tx: Tx, graceMs: number): Promise<number> {
  const [row] = await openTx(tx).$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS count FROM blobs b WHERE ${condemnable(graceMs)}`;
  return row?.count ?? 0;
}

/** How many deletes the cap leaves for now. */
export async function deletionsLeft(tx: Tx, { share, least, most }: DeletionCap): Promise<number> {
  const [row] = await openTx(tx).$queryRaw<{ kept: number; deleted: number }[]>`
    SELECT count(*) FILTER (WHERE state <> 'deleted')::int AS kept,
      count(*) FILTER (WHERE state = 'deleted' AND deleted_at > now() - interval '1 day')::int AS deleted FROM blobs`;
  const { kept, deleted } = row ?? { kept: 0, deleted: 0 };
  const cap = Math.min(most, Math.max(least, Math.floor(share * (kept + deleted))));
  return Math.max(0, cap - deleted);
}

/** Condemned blobs: all, and those whose delay is over. */
export async function countCondemned(tx: Tx, delayMs: number): Promise<{ all: number; due: number }> {
  const [row] = await openTx(tx).$queryRaw<{ all: number; due: number }[]>`
    SELECT count(*)::int AS all, (count(*) FILTER (WHERE ${olderThan(Prisma.sql`b.condemned_at`, delayMs)}))::int AS due
    FROM blobs b WHERE b.state = 'condemned'`;
  return row ?? { all: 0, due: 0 };
}

/** condemned -> live, for what is referred to or claimed after all. */
export async function reprieve(tx: Tx, limit: number): Promise<number> {
  return openTx(tx).$executeRaw`
    UPDATE blobs SET state = 'live', condemned_at = NULL WHERE sha256 IN
      (SELECT b.sha256 FROM blobs b WHERE b.state = 'condemned' AND NOT (${unclaimed} AND ${unreferenced})
       LIMIT ${limit} FOR UPDATE SKIP LOCKED)`;
}

/**
 * Takes one blob whose bytes may be deleted, and writes the tombstone: one that was condemned before the delay and is neither
 * referred to nor claimed, one whose delete is outstanding since `resendMs`, or one that is damaged and unused since `damagedMs` (it is
 * never condemned, since a storer who revives a condemned one takes its bytes for good ones). Null when there is none.
 * From its commit on, storers of this hash wait (`deleteInFlightMs`).
 */
export async function entomb(tx: Tx, delayMs: number, resendMs: number, damagedMs: number): Promise<Doomed | null> {
  const client = openTx(tx);
  const [candidate] = await client.$queryRaw<{ sha256: string }[]>`
    SELECT b.sha256 FROM blobs b
    WHERE (b.state = 'condemned' AND ${olderThan(Prisma.sql`b.condemned_at`, delayMs)} AND ${unclaimed} AND ${unreferenced})
       OR (b.state = 'deleted' AND b.condemned_at IS NOT NULL AND ${olderThan(Prisma.sql`b.deleted_at`, resendMs)})
       OR (b.state = 'damaged' AND ${olderThan(Prisma.sql`b.touched_at`, damagedMs)} AND ${unclaimed} AND ${unreferenced})
    ORDER BY b.condemned_at LIMIT 1 FOR UPDATE SKIP LOCKED`;
  if (!candidate) return null;
  // A second look, with a snapshot from after the lock: a reference that was committed meanwhile is seen, and no new one can come.
  const [doomed] = await client.$queryRaw<{ sha256: string; key: string; size: bigint }[]>`
    UPDATE blobs b SET state = 'deleted', deleted_at = now()
    WHERE b.sha256 = ${candidate.sha256} AND ${unclaimed} AND ${unreferenced} RETURNING sha256, key, size`;
  if (!doomed) return null;
  await client.$executeRaw`DELETE FROM blob_variants WHERE blob_sha256 = ${doomed.sha256}`;
  return { ...doomed, size: Number(doomed.size) };
}

/** The store has confirmed the delete. */
export async function confirmDeleted(tx: Tx, sha256: string): Promise<void> {
  await openTx(tx).$executeRaw`UPDATE blobs SET condemned_at = NULL WHERE sha256 = ${sha256} AND state = 'deleted'`;
}

/** Forgets tombstones of confirmed deletes that are older than `ageMs`. */
export async function dropTombstones(tx: Tx, ageMs: number, limit: number): Promise<number> {
  return openTx(tx).$executeRaw`
    DELETE FROM blobs WHERE sha256 IN
      (SELECT b.sha256 FROM blobs b
       WHERE b.state = 'deleted' AND b.condemned_at IS NULL AND ${olderThan(Prisma.sql`b.deleted_at`, ageMs)}
       LIMIT ${limit} FOR UPDATE SKIP LOCKED)`;
}
