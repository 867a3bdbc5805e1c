import { contentHeadersOf } from '../content-headers.ts';
import type { S3Signer } from './s3-signer.ts';

/** Links are signed for a moment at most this long ago: milliseconds (15 minutes). */
const longestStepMs = 900_000;

/** Signature version 4 allows no more: seconds (7 days). */
const longestLifeS = 604_800;

/** Links that are remembered: about 600 bytes each. */
const maxRemembered = 5_000;

/**
 * Presigned links that read.
 *
 * All links to an object that are asked for within a quarter of a link's life (15 minutes at most) are the same, so that a browser which
 * has the picture does not fetch it again, and a list of contents is not signed anew each time. So a link lives between three quarters
 * of STORAGE_PRESIGN_EXPIRES and all of it.
 */
export class S3Links {
  private readonly remembered = new Map<string, Promise<string>>();
  private step = 0;

  /**
   * @param expiresS Life of a link: seconds.
   * @param now Milliseconds since 1970; a test brings its own.
   */
  constructor(
    private readonly signer: S3Signer,
    private readonly expiresS: number,
    private readonly now: () => number = Date.now,
  ) {}

  /**
   * A link that reads an object. What is no picture is only ever downloaded, whatever type it was stored with.
   * @param lifeS Seconds, where it must live longer than `expiresS`.
   */
  async read(key: string, lifeS = 0): Promise<string> {
    // Of those that live longer, only a few are made: they are not remembered.
    if (lifeS > this.expiresS) return this.sign(key, new Date(this.now()), Math.min(lifeS, longestLifeS));
    const stepMs = Math.min(longestStepMs, this.expiresS * 250);
    const step = Math.floor(this.now() / stepMs);
    if (step !== this.step || this.remembered.size >= maxRemembered) this.remembered.clear();
    this.step = step;
    const known = this.remembered.get(key);
    if (known) return known;
    const link = this.sign(key, new Date(step * stepMs), this.expiresS);
    this.remembered.set(key, link);
    link.catch(() => this.remembered.delete(key));
    return link;
  }

  private sign(key: string, signingDate: Date, expiresIn: number): Promise<string> {
    const { type, disposition } = contentHeadersOf(key);
    const Key = this.signer.settings.prefix + key;
    const answer = {
      ResponseContentType: type,
      ResponseContentDisposition: disposition,
      ResponseCacheControl: 'private, max-age=31536000, immutable',
    };
    return this.signer.sign((sdk, Bucket) => new sdk.GetObjectCommand({ Bucket, Key, ...answer }), {
      expiresIn,
      signingDate,
    });
  }
}
