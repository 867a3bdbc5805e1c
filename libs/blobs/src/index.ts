export { blobHash, blobKey, parseBlobKey } from './blob-key.ts';
export { BlobStore } from './blob-store.ts';
export type { BlobBytes, BlobEntry, BlobFacts, BlobRead, ByteRange } from './blob-store.ts';
export { BlobsModule } from './blobs.module.ts';
export { LinkSigner } from './links/link-signer.ts';
export type { LinkSignerOptions, LinkVerdict } from './links/link-signer.ts';
export { LocalBlobStore } from './local/local-blob-store.ts';
export { checkWhole, isDamage, readWhole, type WholeRead } from './read-whole.ts';
export { openBlobStore } from './open-blob-store.ts';
