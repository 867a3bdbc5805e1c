/** claimed: a storer is at work; live; condemned: will be collected; deleted: tombstone; damaged: bytes do not match. */
export type BlobState = 'claimed' | 'live' | 'condemned' | 'deleted' | 'damaged';

/** What is known of the bytes that are stored under a hash. */
export interface BlobDescription {
  /** Hex, of the stored bytes. */
  sha256: string;
  key: string;
  mime: string;
  /** Bytes. */
  size: number;
  /** Pixels; null for what has none. */
  width: number | null;
  height: number | null;
}

/** Which conversion of which original a blob is. */
export interface VariantName {
  /** Hex, of the bytes as they were fetched. */
  originalSha256: string;
  /** Name and version of the conversion, such as `archive.v1.q80`. */
  preset: string;
}

/** A blob as `GET /blobs/{sha256}` and the media links see it. */
export interface BlobRecord extends BlobDescription {
  state: BlobState;
  createdAt: Date;
  /** When a storer last claimed it, or its state last changed. */
  touchedAt: Date;
}

/** Columns of `blobs`; `size` is a bigint in Postgres. */
interface Row extends Omit<BlobRecord, 'size'> {
  size: bigint;
}

/** A row as the rest of the product sees it. Sizes stay far below 2^53. */
export function toBlobRecord(row: Row): BlobRecord {
  const { sha256, key, mime, size, width, height, state, createdAt, touchedAt } = row;
  return { sha256, key, mime, size: Number(size), width, height, state, createdAt, touchedAt };
}

export type { Row as BlobRow };
