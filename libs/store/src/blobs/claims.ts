import { Later, type Tx } from '@vaultstream/contracts';
import { openTx } from '../database/tx.ts';
import { Prisma } from '../generated/client.ts';
import { toBlobRecord, type BlobDescription, type BlobRecord, type BlobRow, type VariantName } from './blob-row.ts';

/**
 * The storer's side of the protocol: claim (committed), put and verify, then mark live together with the reference.
 * While a claim lasts, the collector keeps its hands off.
 */

/** Milliseconds. */
export interface ClaimTimes {
  /** How long a claim lasts. Longer than any run of a storer. */
  claimMs: number;
  /**
   * A delete that was sent may arrive late and take bytes that were stored again meanwhile. So nothing is stored under a hash until its
   * delete is confirmed, or, where its collector has died, for this long: longer than a request to any store can be in flight.
   */
  deleteInFlightMs: number;
}

/** A run of `media.archive` is ended after 2 minutes; no HTTP client of ours waits longer than that for an answer either. */
export const claimTimes: ClaimTimes = { claimMs: 15 * 60_000, deleteInFlightMs: 10 * 60_000 };

const columns = Prisma.sql`sha256, key, mime, size, width, height, state, created_at AS "createdAt", touched_at AS "touchedAt"`;

/**
 * Claims a hash: makes its row, or revives it. A row that was live stays live; one that was damaged stays damaged, and its bytes must be
 * written again (`markBlobRepaired` after that).
 * @throws Later when a delete of this hash may still be in flight.
 */
export async function claimBlob(tx: Tx, blob: BlobDescription, times: ClaimTimes): Promise<BlobRecord> {
  const [row] = await openTx(tx).$queryRaw<BlobRow[]>`
    INSERT INTO blobs AS b (sha256, key, mime, size, width, height, state, claimed_until)
    VALUES (${blob.sha256}, ${blob.key}, ${blob.mime}, ${blob.size}::bigint, ${blob.width}, ${blob.height}, 'claimed', ${inMs(times.claimMs)})
    ON CONFLICT (sha256) DO UPDATE SET
      state = CASE b.state WHEN 'condemned' THEN 'live' WHEN 'deleted' THEN 'claimed' ELSE b.state END,
      claimed_until = greatest(b.claimed_until, excluded.claimed_until), touched_at = now(), condemned_at = NULL, deleted_at = NULL
    WHERE b.state <> 'deleted' OR b.condemned_at IS NULL OR b.deleted_at < ${inMs(-times.deleteInFlightMs)}
    RETURNING ${columns}`;
  if (row) return toBlobRecord(row);
  throw await beingDeleted(tx, blob.sha256, times);
}

/** Claims what is stored under a key. Null when its bytes are gone or damaged. */
export async function claimKey(tx: Tx, key: string, times: ClaimTimes): Promise<BlobRecord | null> {
  const [row] = await openTx(tx).$queryRaw<BlobRow[]>`
    UPDATE blobs b SET state = 'live', claimed_until = greatest(claimed_until, ${inMs(times.claimMs)}), touched_at = now(), condemned_at = NULL
    WHERE state IN ('live', 'condemned') AND key = ${key} RETURNING ${columns}`;
  return row ? toBlobRecord(row) : null;
}

/** Claims what an original was already made into. Null when that is not known, or its bytes are gone or damaged. */
export async function claimVariant(tx: Tx, variant: VariantName, times: ClaimTimes): Promise<BlobRecord | null> {
  const [row] = await openTx(tx).$queryRaw<BlobRow[]>`
    UPDATE blobs b SET state = 'live', claimed_until = greatest(claimed_until, ${inMs(times.claimMs)}), touched_at = now(), condemned_at = NULL
    WHERE state IN ('live', 'condemned')
      AND sha256 = (SELECT blob_sha256 FROM blob_variants 
                    WHERE original_sha256 = ${variant.originalSha256} AND preset = ${variant.preset})
    RETURNING ${columns}`;
  return row ? toBlobRecord(row) : null;
}

/**
 * The bytes are there and verified: the blob is live. Belongs into the transaction that inserts the reference.
 * @param variant What it was made from, so that this original is never converted again.
 * @throws Later when the claim has lapsed: the collector may have been there, so the storer begins anew. Likewise when its bytes were
 *   found damaged since the claim: they may be those that the storer took for good ones.
 */
export async function markBlobLive(tx: Tx, sha256: string, variant?: VariantName): Promise<void> {
  const client = openTx(tx);
  const marked = await client.$executeRaw`
    UPDATE blobs SET state = 'live', condemned_at = NULL, touched_at = now()
    WHERE sha256 = ${sha256} AND state NOT IN ('deleted', 'damaged') AND claimed_until > now()`;
  if (marked === 0)
    throw new Later('the claim on these bytes has lapsed, or they are damaged', { retryAfterMs: 1_000 });
  if (!variant) return;
  await client.$executeRaw`
    INSERT INTO blob_variants (original_sha256, preset, blob_sha256)
    VALUES (${variant.originalSha256}, ${variant.preset}, ${sha256})
    ON CONFLICT (original_sha256, preset) DO UPDATE SET blob_sha256 = excluded.blob_sha256`;
}

/** A moment by the database's clock. */
const inMs = (ms: number): Prisma.Sql => Prisma.sql`now() + make_interval(secs => ${ms / 1_000})`;

/** The shortest time until a storer looks again: milliseconds. */
const firstLookMs = 1_000;

/** A delete is confirmed within moments, or its collector has died: a storer looks again after as long as the tombstone is old. */
async function beingDeleted(tx: Tx, sha256: string, { deleteInFlightMs }: ClaimTimes): Promise<Later> {
  const [row] = await openTx(tx).$queryRaw<{ ageMs: number; until: Date }[]>`
    SELECT 1000 * extract(epoch FROM now() - deleted_at)::float8 AS "ageMs",
      deleted_at + make_interval(secs => ${deleteInFlightMs / 1_000}) AS until
    FROM blobs WHERE sha256 = ${sha256}`;
  const { ageMs, until } = row ?? { ageMs: deleteInFlightMs, until: new Date() };
  const leftMs = Math.max(100, Math.ceil(deleteInFlightMs - ageMs));
  const retryAfterMs = Math.min(leftMs, Math.max(firstLookMs, Math.ceil(ageMs)));
  return new Later('these bytes are just being deleted', { retryAfterMs, reason: 'blob_being_deleted', until });
}
