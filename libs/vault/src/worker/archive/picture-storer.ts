import { createHash } from 'node:crypto';
import { blobKey, type BlobStore } from '@vaultstream/blobs';
import { InfrastructureError } from '@vaultstream/contracts';
import { inSpan } from '@vaultstream/runtime';
import type { BlobDescription, Blobs, VariantName } from '@vaultstream/store';
import type { ConvertTurn, ImageConverter } from '../convert/image-converter.ts';
import { expectPicture } from './expect-picture.ts';
import type { FetchedPicture } from './fetch-picture.ts';

/** A picture whose bytes are in the object store, verified, and claimed: to be referred to within minutes. */
export interface StoredPicture {
  sha256: string;
  /** What was made of what: marks the blob live. */
  variant: VariantName;
  /** False when its bytes were there already. */
  written: boolean;
}

/** Turns fetched bytes into a claimed blob: converts what is new, and nothing twice. */
export class PictureStorer {
  constructor(
    private readonly blobs: Blobs,
    private readonly store: BlobStore,
    private readonly converter: ImageConverter,
    /** Of the WebP: 1 to 100. */
    private readonly quality: number,
  ) {}

  /**
   * @throws Unsupported, BadPayload (nothing that can be stored), Later (these bytes are just being deleted),
   *   InfrastructureError (database, disk or converter away).
   */
  async storePicture(picture: FetchedPicture, originalSha256: string, turn: ConvertTurn): Promise<StoredPicture> {
    // A change of the conversion that changes its bytes is a new version.
    const variant = { originalSha256, preset: `archive.v1.q${this.quality}` };
    const known = await this.findKnown(variant);
    if (known) return { sha256: known, variant, written: false };
    expectPicture(picture);
    const { bytes, width, height } = await inSpan(
      'picture.convert',
      { 'vaultstream.preset': variant.preset, 'vaultstream.bytes': picture.bytes.length },
      () => this.converter.convert({ bytes: picture.bytes, quality: this.quality }, turn),
    );
    const sha256 = sha256Of(bytes);
    const description = { sha256, key: blobKey(sha256, 'webp'), mime: 'image/webp', size: bytes.length, width, height };
    return { sha256, variant, written: await this.put(description, bytes) };
  }

  /** Claims first, so that the collector keeps away; then puts, over damaged bytes too; then looks. True when the bytes were not there. */
  async put(blob: BlobDescription, bytes: Uint8Array): Promise<boolean> {
    return inSpan('picture.put', { 'vaultstream.bytes': blob.size }, async (span) => {
      const written = await this.claimAndPut(blob, bytes);
      span.setAttribute('vaultstream.written', written);
      return written;
    });
  }

  private async claimAndPut(blob: BlobDescription, bytes: Uint8Array): Promise<boolean> {
    const rewrite = (await this.blobs.claim(blob)).state === 'damaged';
    const { written } = await this.store.put(blob.key, bytes, { mime: blob.mime, sha256: blob.sha256, rewrite });
    const found = await this.store.head(blob.key);
    if (found?.size !== blob.size)
      throw new InfrastructureError(`the object store does not hold what it has just taken: ${blob.key}`);
    if (rewrite) await this.blobs.markRepaired(blob.sha256);
    return written;
  }

  /** What this original was made into, if its bytes are still there: claimed. A storage error is not "not there": it is thrown. */
  async findKnown(variant: VariantName): Promise<string | null> {
    const blob = await this.blobs.claimKnown(variant);
    if (!blob) return null;
    const found = await this.store.head(blob.key);
    return found?.size === blob.size ? blob.sha256 : null;
  }
}

/** Hex. */
export const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
