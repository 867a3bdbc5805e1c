export type { BlobDescription, BlobRecord, BlobState, VariantName } from './blob-row.ts';
export { Blobs, type BlobFacts, type Variant } from './blobs.ts';
export { claimTimes, type ClaimTimes } from './claims.ts';
export type { DamageReason } from './damage.ts';
export type { DeletionCap, Doomed } from './collection.ts';
export { ScrubLog, type ScrubProgress } from './scrub-log.ts';
