import type { Tx } from '@vaultstream/contracts';
import { openTx, type TxClient } from '../database/tx.ts';
import { Prisma } from '../generated/client.ts';

/**
 * The collector's side of the protocol, one short transaction a step: condemn what nothing refers to, and much later turn it into
 * a tombstone; the bytes are deleted after that commit. Each step looks at references and claims again.
 *
 * A tombstone whose `condemned_at` is still set has a delete outstanding: it was not sent, or not confirmed. Storers wait for such a one only:
 * when a delete is confirmed, nothing of it can have an effect any more, and what earlier collectors may still want to send is refused by the
 * deadline that each of them was given when it wrote the tombstone (`BlobStore.delete`).
 */

/** A blob whose bytes are to be deleted now. */
export interface Doomed {
  sha256: string;
  key: string;
  /** Bytes. */
  size: number;
  /** Names the tombstone: a later one of the same hash has another. */
  deletedAt: Date;
}

/** What `entomb` may take. Milliseconds. */
export interface EntombRules {
  /** Since when a blob must have been condemned. */
  delayMs: number;
  /** Since when a delete must have been outstanding to be sent again. */
  resendMs: number;
  /** Since when a damaged blob must have been unused. */
  damagedMs: number;
  /** How many blobs may have gone within 24 hours, this one included. */
  mayDelete: number;
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

/** Of a row of `blobs`: it went within the last 24 hours. */
const goneToday = Prisma.sql`state = 'deleted' AND deleted_at > now() - interval '1 day'`;

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

/** How many blobs the cap lets go in 24 hours, and how many of these are left. */
export async function deletionsAllowed(
  tx: Tx,
  { share, least, most }: DeletionCap,
): Promise<{ mayDelete: number; left: number }> {
  const [row] = await openTx(tx).$queryRaw<{ kept: number; deleted: number }[]>`
    SELECT count(*) FILTER (WHERE state <> 'deleted')::int AS kept,
      count(*) FILTER (WHERE ${goneToday})::int AS deleted FROM blobs`;
  const { kept, deleted } = row ?? { kept: 0, deleted: 0 };
  const mayDelete = Math.min(most, Math.max(least, Math.floor(share * (kept + deleted))));
  return { mayDelete, left: Math.max(0, mayDelete - deleted) };
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
 * Takes one blob whose bytes may be deleted, and writes the tombstone: one whose delete is outstanding since `resendMs`; else, while the cap
 * lets it, one that was condemned before the delay, or that is damaged and unused since `damagedMs` (it is never condemned, since a storer who
 * revives a condemned one takes its bytes for good ones), and that is neither referred to nor claimed. Null when there is none.
 * From its commit on, storers of this hash wait, until `confirmDeleted` or for `deleteInFlightMs`.
 */
export async function entomb(tx: Tx, rules: EntombRules): Promise<Doomed | null> {
  const client = openTx(tx);
  const sha256 = (await outstanding(client, rules.resendMs)) ?? (await nextDue(client, rules));
  if (sha256 === null) return null;
  // A second look, with a snapshot from after the lock: a reference that was committed meanwhile is seen, and no new one can come.
  const [doomed] = await client.$queryRaw<(Omit<Doomed, 'size'> & { size: bigint })[]>`
    UPDATE blobs b SET state = 'deleted', deleted_at = now(), condemned_at = coalesce(condemned_at, now())
    WHERE b.sha256 = ${sha256} AND ${unclaimed} AND ${unreferenced} RETURNING sha256, key, size, deleted_at AS "deletedAt"`;
  if (!doomed) return null;
  await client.$executeRaw`DELETE FROM blob_variants WHERE blob_sha256 = ${doomed.sha256}`;
  return { ...doomed, size: Number(doomed.size) };
}

/** A tombstone whose delete nobody has confirmed; it was counted when it was written. */
async function outstanding(client: TxClient, resendMs: number): Promise<string | null> {
  const [row] = await client.$queryRaw<{ sha256: string }[]>`
    SELECT b.sha256 FROM blobs b
    WHERE b.state = 'deleted' AND b.condemned_at IS NOT NULL AND ${olderThan(Prisma.sql`b.deleted_at`, resendMs)}
    ORDER BY b.condemned_at LIMIT 1 FOR UPDATE SKIP LOCKED`;
  return row?.sha256 ?? null;
}

/** A blob that is due, if one more may go today. Those who ask wait for each other: each counts what the one before has taken. */
async function nextDue(client: TxClient, { delayMs, damagedMs, mayDelete }: EntombRules): Promise<string | null> {
  await client.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended('blobs.deletion_cap', 0))`;
  const [gone] = await client.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS count FROM blobs WHERE ${goneToday}`;
  if ((gone?.count ?? 0) >= mayDelete) return null;
  const [row] = await client.$queryRaw<{ sha256: string }[]>`
    SELECT b.sha256 FROM blobs b
    WHERE ((b.state = 'condemned' AND ${olderThan(Prisma.sql`b.condemned_at`, delayMs)})
        OR (b.state = 'damaged' AND ${olderThan(Prisma.sql`b.touched_at`, damagedMs)}))
      AND ${unclaimed} AND ${unreferenced}
    ORDER BY b.condemned_at LIMIT 1 FOR UPDATE SKIP LOCKED`;
  return row?.sha256 ?? null;
}

/** The store has confirmed the delete of this tombstone: storers need not wait any more. */
export async function confirmDeleted(
  tx: Tx,
  { sha256, deletedAt }: Pick<Doomed, 'sha256' | 'deletedAt'>,
): Promise<void> {
  await openTx(tx).$executeRaw`
    UPDATE blobs SET condemned_at = NULL
    WHERE sha256 = ${sha256} AND state = 'deleted' AND deleted_at = ${deletedAt.toISOString()}::timestamptz`;
}

/** Forgets tombstones of confirmed deletes that are older than `ageMs`. */
export async function dropTombstones(tx: Tx, ageMs: number, limit: number): Promise<number> {
  return openTx(tx).$executeRaw`
    DELETE FROM blobs WHERE sha256 IN
      (SELECT b.sha256 FROM blobs b
       WHERE b.state = 'deleted' AND b.condemned_at IS NULL AND ${olderThan(Prisma.sql`b.deleted_at`, ageMs)}
       LIMIT ${limit} FOR UPDATE SKIP LOCKED)`;
}
