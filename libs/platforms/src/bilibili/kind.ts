import type { Canonical, ParsedContent } from '@vaultstream/contracts';
import type { BilibiliContext } from './api.ts';

/** One kind of thing that Bilibili has: which addresses are it, and how it is read. A further kind is a file with one of these. */
export interface Kind {
  readonly contentType: string;
  /** Null for addresses of other things. `url` is an http(s) address of one of Bilibili's hosts without credentials and port. */
  canonicalize(url: URL): Canonical | null;
  /** @param url one that `canonicalize` has made */
  read(url: URL, ctx: BilibiliContext): Promise<Omit<ParsedContent, 'content_type' | 'parser_version'>>;
}
