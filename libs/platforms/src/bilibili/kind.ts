import type { Canonical, ParsedContent } from '@vaultstream/contracts';
import type { BilibiliContext } from './api.ts';

/** What a kind has read; the platform adds its version. */
export type Reading = Omit<ParsedContent, 'parser_version'>;

/** One kind of thing that Bilibili has: which addresses are it, and how it is read. A further kind is a file with one of these. */
export interface Kind {
  /** What an address of this kind is, as far as the address tells. */
  readonly contentType: string;
  /** Null for addresses of other things. `url` is an http(s) address of one of Bilibili's hosts without credentials and port. */
  canonicalize(url: URL): Canonical | null;
  /** @param url one that `canonicalize` has made */
  read(url: URL, ctx: BilibiliContext): Promise<Reading>;
}

/** The canonical form of an address whose thing has a name of its own. */
export function named(contentType: string, url: string, platformId: string): Canonical {
  return { platform: 'bilibili', url, platformId, contentType };
}
