/** A feed, whatever its format: what is common to all of them, clean. */

/** One entry. */
export interface FeedEntry {
  /** SHA-256, in hex, of what the feed calls the entry (guid, atom id, id), else of its address, else of its title. */
  key: string;
  /** Absolute http(s) address; null for an entry that has none. */
  url: string | null;
  title: string | null;
  author: string | null;
  published: Date | null;
}

/** What a feed says of itself, and its entries in its own order, each once. */
export interface Feed {
  format: 'rss' | 'rdf' | 'atom' | 'json';
  title: string | null;
  description: string | null;
  /** The site that it belongs to. */
  siteUrl: string | null;
  language: string | null;
  author: string | null;
  image: string | null;
  entries: FeedEntry[];
}

/** A feed before its values are cleaned: what the readers of the formats hand on. */
export interface RawFeed extends Partial<
  Record<'title' | 'description' | 'siteUrl' | 'language' | 'author' | 'image', unknown>
> {
  format: Feed['format'];
  /** Addresses of the feed itself count against this. */
  base?: unknown;
  entries: readonly RawEntry[];
}

/** An entry before its values are cleaned. */
export interface RawEntry extends Partial<Record<'id' | 'url' | 'title' | 'author' | 'published', unknown>> {
  /** Addresses of the entry count against this. */
  base?: unknown;
}

/** Reads what a feed's address answers, where it can do no harm: see `web/extractor.ts`. */
export interface FeedReader {
  /** @param url The feed's own address. @throws BadPayload for what is no feed, or takes too much time or memory; Later, InfrastructureError */
  readFeed(text: string, url: string): Promise<Feed>;
  /** The feeds that a page names. @throws as `readFeed` */
  discoverFeeds(html: string, url: string): Promise<string[]>;
}
