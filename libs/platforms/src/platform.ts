import type { Canonical, ParsedContent } from '@vaultstream/contracts';
import type { z } from 'zod';
import type { Feed } from './feed/feed.ts';
import type { ExtractedPage } from './web/page.ts';

/**
 * The contract of a platform: one self-describing object in one file (or folder), and one line in `registry.ts`.
 * Platforms are pure: everything they touch comes in through `PlatformContext`, everything they learn goes out as data.
 */

/** One GET for the guarded client of `runtime`, which enforces the address policy, redirects and time limits. */
export interface HttpRequest {
  url: string;
  /** Bytes of the body after decompression. */
  maxBytes: number;
  /** True: a longer body is cut; else it ends in BadPayload. */
  truncate?: boolean;
  headers?: Record<string, string>;
  /** `manual`: a 3xx is the answer, so that cookies never meet a redirect. Default `follow`. */
  redirect?: 'follow' | 'manual';
  signal?: AbortSignal;
}

/** Its answer, whatever the status. The same shape as runtime's `GuardedResponse`. */
export interface HttpAnswer {
  /** The address that answered, after redirects. */
  url: string;
  status: number;
  /** Names in lower case. */
  headers: Record<string, string>;
  body: Buffer;
  truncated: boolean;
  /** The addresses that redirected, first to last. */
  redirects: string[];
  /** What the bytes are; null when nothing can be said. */
  mime: string | null;
  /** What Content-Type claims. */
  declaredMime: string | null;
}

/** The part of the guarded client that platforms use. */
export interface PlatformHttp {
  /** @throws NetworkError, Refused, InvalidInput, BadPayload; a status is never an error here. */
  fetch(request: HttpRequest): Promise<HttpAnswer>;
}

/** The part of the logger that platforms use. */
export interface PlatformLog {
  debug(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** What a platform gets for one parse. */
export interface PlatformContext<Settings = unknown> {
  readonly http: PlatformHttp;
  /** Cookies, endpoints and the like, already through the platform's own schema. */
  readonly settings: Settings;
  readonly signal: AbortSignal;
  readonly log: PlatformLog;
  /**
   * Reads a page in the child process (see `web/extractor.ts`). `url` is the page's own address, for relative links.
   * @throws BadPayload when the page takes too much time or memory.
   */
  extract(html: string, url: string): Promise<ExtractedPage>;
  /**
   * Reads a feed in the child process. `url` is the feed's own address, against which relative ones count.
   * @throws BadPayload for what is no feed, and when it takes too much time or memory.
   */
  readFeed(text: string, url: string): Promise<Feed>;
}

/**
 * The schema of a platform's settings: a zod object whose members are set one by one as `platform.<id>.<name>`. Each must have a default or
 * be optional, and tells its facts to `settingFacts`.
 */
export type SettingsSchema<Settings> = z.ZodType<Settings> & { readonly shape: Readonly<Record<string, z.ZodType>> };

/** What to read. */
export interface ParseTarget {
  canonical: Canonical;
  /** The address as it was shared: tells the original scheme, and may hold short-lived tokens that the canonical URL must not. */
  sourceUrl: string;
}

/** One platform. `Settings` is what its own schema yields. */
export interface Platform<Settings = unknown> {
  /** Lower case, stored in the database; never changed. */
  readonly id: string;
  /** Hosts it answers for, each with its subdomains; empty when `match` decides alone. */
  readonly hosts: readonly string[];
  /** Decides instead of `hosts`, by the parsed URL only. */
  match?(url: URL): boolean;
  /** Pure and idempotent. Null: one of our hosts, but not a kind of page that we know; the next platform is asked. */
  canonicalize(url: URL): Canonical | null;
  /** An id that people share without a URL, such as `BV17x411w7KC`; null when there is none in the text. */
  fromBareId?(text: string): URL | null;
  /**
   * Reads the thing.
   * @throws NotFound, AccessDenied, RateLimited, UpstreamError, NetworkError, BadPayload, Unsupported, Refused
   */
  parse(target: ParseTarget, ctx: PlatformContext<Settings>): Promise<ParsedContent>;
  /** All values that `content_type` can take. */
  readonly contentTypes: readonly string[];
  /** A URL that shows what it reads; the compliance suite runs it over its fixture. */
  readonly example: string;
  /** Raised whenever a parse of the same answer would give another result. */
  readonly parserVersion: number;
  readonly settings: SettingsSchema<Settings>;
  /** What a maintainer must know, one line each. */
  readonly notes: readonly string[];
}
