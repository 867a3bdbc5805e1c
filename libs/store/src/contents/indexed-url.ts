/**
 * Bytes of an address that Postgres can index for sure: a btree entry holds 2,704 bytes, and addresses are part of unique indexes.
 * https://www.postgresql.org/docs/current/btree.html
 */
export const maxIndexedUrlBytes = 2_000;

/** True for an address that can be a key of a content or of a media row. */
export function isIndexable(url: string): boolean {
  return Buffer.byteLength(url) <= maxIndexedUrlBytes;
}
