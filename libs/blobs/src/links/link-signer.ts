import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

/** What a presented link is worth. */
export type LinkVerdict = 'valid' | 'expired' | 'forged';

export interface LinkSignerOptions {
  /**
   * SECRETS_KEY: 32 bytes each, at least one. The first signs; links of all of them are good. The signing keys are derived from them, so
   * that a link tells nothing about stored secrets.
   */
  secretsKeys: readonly Buffer[];
  /** Life of a link: seconds. */
  expiresS: number;
  /** Where a browser reaches `/media`; undefined makes links relative. */
  publicBaseUrl?: string | undefined;
  /** Seconds since 1970; a test brings its own. */
  now?: () => number;
}

/** Tells this use of SECRETS_KEY from every other (RFC 5869 section 3.2). */
const purpose = 'vaultstream media links v1';

/** Makes and checks links of the form `/media/<key>?expires=<unix s>&signature=<base64url HMAC-SHA256>`. */
export class LinkSigner {
  private readonly keys: readonly Buffer[];
  private readonly now: () => number;
  /** Of links: without a slash at its end. */
  private readonly base: string;

  constructor(private readonly options: LinkSignerOptions) {
    this.keys = options.secretsKeys.map((key) => Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), purpose, 32)));
    if (this.keys.length === 0) throw new Error('SECRETS_KEY: is needed to sign links to stored files');
    this.now = options.now ?? (() => Math.floor(Date.now() / 1_000));
    let base = options.publicBaseUrl ?? '';
    while (base.endsWith('/')) base = base.slice(0, -1);
    this.base = base;
  }

  /**
   * A link that reads `key` until it expires.
   * @param lifeS Seconds, where it must live longer than `expiresS`.
   */
  sign(key: string, lifeS = 0): string {
    const expires = String(this.now() + Math.max(lifeS, this.options.expiresS));
    return `${this.base}/media/${key}?expires=${expires}&signature=${this.signatures(key, expires)[0]}`;
  }

  /** Compares in constant time. A forged link is never called expired. */
  verify(key: string, expires: string, signature: string): LinkVerdict {
    // As text: several spellings decode to the same bytes, and a link has one.
    const presented = Buffer.from(signature);
    const expected = this.signatures(key, expires).map((one) => Buffer.from(one));
    if (!expected.some((one) => presented.length === one.length && timingSafeEqual(presented, one))) return 'forged';
    return Number(expires) > this.now() ? 'valid' : 'expired';
  }

  /** Over the method, the key and the expiry, as strings: a link reads, and nothing else. */
  private signatures(key: string, expires: string): string[] {
    const text = ['GET', key, expires].join('\n');
    return this.keys.map((secret) => createHmac('sha256', secret).update(text).digest('base64url'));
  }
}
