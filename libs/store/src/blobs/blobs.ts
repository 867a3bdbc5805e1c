import type { Tx } from '@vaultstream/contracts';
import { type Database } from '../database/database.ts';
import { toBlobRecord, type BlobDescription, type BlobRecord, type VariantName } from './blob-row.ts';
import { claimBlob, claimTimes, claimVariant, markBlobLive, type ClaimTimes } from './claims.ts';
import * as collection from './collection.ts';
import { markBlobDamaged, markBlobRepaired, type DamageReason } from './damage.ts';

/** One thing that was made of an original: which conversion, and where it is stored. */
export interface Variant extends VariantName {
  sha256: string;
  key: string;
}

/** A blob with everything that was made of its originals (itself among them), and how many media rows show it. */
export interface BlobFacts extends BlobRecord {
  variants: Variant[];
  references: number;
}

/** Variants that are listed at most. */
const maxVariants = 100;

interface BlobTotals {
  count: number;
  bytes: number;
  condemned: number;
  damaged: number;
}

/** What is known of stored bytes: rows only, the bytes are in the object store. */
export class Blobs {
  /** @param times Shorter ones for tests. */
  constructor(
    private readonly db: Database,
    private readonly times: ClaimTimes = claimTimes,
  ) {}

  /**
   * Claims a hash before its bytes are put, and commits that. @see claimBlob
   * @throws Later when a delete of this hash may still be in flight.
   */
  async claim(blob: BlobDescription): Promise<BlobRecord> {
    return this.db.transact((tx) => claimBlob(tx, blob, this.times));
  }

  /** Claims what an original was already made into, and commits that; null when that is not known. @see claimVariant */
  async claimKnown(variant: VariantName): Promise<BlobRecord | null> {
    return this.db.transact((tx) => claimVariant(tx, variant, this.times));
  }

  /**
   * Marks verified bytes live, in the transaction that inserts the reference. @see markBlobLive
   * @throws Later when the claim has lapsed.
   */
  async markLive(tx: Tx, sha256: string, variant?: VariantName): Promise<void> {
    await markBlobLive(tx, sha256, variant);
  }

  /** Says that the bytes of a blob are not what its row says, and commits that. @see markBlobDamaged */
  async markDamaged(blob: Pick<BlobRecord, 'sha256' | 'touchedAt'>, reason: DamageReason): Promise<boolean> {
    return this.db.transact((tx) => markBlobDamaged(tx, blob, reason));
  }

  /** Says that the bytes of a damaged blob are the right ones again, and commits that. @see markBlobRepaired */
  async markRepaired(sha256: string): Promise<boolean> {
    return this.db.transact((tx) => markBlobRepaired(tx, sha256));
  }

  /** A blob by its key; null when nobody ever stored it. Tombstones are found too. */
  async findByKey(key: string): Promise<BlobRecord | null> {
    const row = await this.db.reading((client) => client.blob.findFirst({ where: { key } }));
    return row ? toBlobRecord({ ...row, state: row.state as BlobRecord['state'] }) : null;
  }

  /** Everything that is known of a hash; null when nobody ever stored it. */
  async describe(sha256: string): Promise<BlobFacts | null> {
    return this.db.reading(async (client) => {
      const row = await client.blob.findUnique({ where: { sha256 }, include: { _count: { select: { media: true } } } });
      if (!row) return null;
      const variants = await client.$queryRaw<Variant[]>`
        SELECT DISTINCT v.original_sha256 AS "originalSha256", v.preset, b.sha256, b.key
        FROM blob_variants own JOIN blob_variants v USING (original_sha256) JOIN blobs b ON b.sha256 = v.blob_sha256
        WHERE own.blob_sha256 = ${sha256} ORDER BY v.preset, b.sha256 LIMIT ${maxVariants}`;
      const record = toBlobRecord({ ...row, state: row.state as BlobRecord['state'] });
      return { ...record, variants, references: row._count.media };
    });
  }

  /** Number and bytes of the blobs that are there; how many of them wait for their deletion, and how many are damaged. */
  async totals(): Promise<BlobTotals> {
    const [row] = await this.db.reading(
      (client) => client.$queryRaw<BlobTotals[]>`
        SELECT count(*)::int AS count, coalesce(sum(size), 0)::float8 AS bytes,
          count(*) FILTER (WHERE state = 'condemned')::int AS condemned, count(*) FILTER (WHERE state = 'damaged')::int AS damaged
        FROM blobs WHERE state IN ('live', 'condemned', 'damaged')`,
    );
    return row ?? { count: 0, bytes: 0, condemned: 0, damaged: 0 };
  }

  /** Some of the blobs that are there, at random. */
  async sample(limit: number): Promise<BlobDescription[]> {
    const rows = await this.db.reading(
      (client) => client.$queryRaw<(Omit<BlobDescription, 'size'> & { size: bigint })[]>`
        SELECT sha256, key, mime, size, width, height FROM blobs WHERE state IN ('live', 'condemned', 'damaged') ORDER BY random() LIMIT ${limit}`,
    );
    return rows.map((row) => ({ ...row, size: Number(row.size) }));
  }

  /** The steps of the collector, each its own short transaction. @see collection */
  readonly collector = {
    condemn: (graceMs: number, limit: number) => this.db.transact((tx) => collection.condemn(tx, graceMs, limit)),
    countCondemnable: (graceMs: number) => this.db.transact((tx) => collection.countCondemnable(tx, graceMs)),
    countCondemned: (delayMs: number) => this.db.transact((tx) => collection.countCondemned(tx, delayMs)),
    deletionsAllowed: (cap: collection.DeletionCap) => this.db.transact((tx) => collection.deletionsAllowed(tx, cap)),
    reprieve: (limit: number) => this.db.transact((tx) => collection.reprieve(tx, limit)),
    entomb: (rules: collection.EntombRules) => this.db.transact((tx) => collection.entomb(tx, rules)),
    confirmDeleted: (tombstone: Pick<collection.Doomed, 'sha256' | 'deletedAt'>) =>
      this.db.transact((tx) => collection.confirmDeleted(tx, tombstone)),
    dropTombstones: (ageMs: number, limit: number) =>
      this.db.transact((tx) => collection.dropTombstones(tx, ageMs, limit)),
  };
}
