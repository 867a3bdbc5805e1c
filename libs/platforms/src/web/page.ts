import type { Bounded } from '../clean/bounded.ts';

/** What crosses the pipe between the host process and the child that reads pages. Types only: both sides import it. */

/** A picture, video or sound that a page shows. */
export interface PageMedia {
  /** Absolute http(s) address. */
  url: string;
  /** Pixels, where the page says so. */
  width?: number;
  height?: number;
}

/** What a page says about itself. All texts are clean and within the limits of the content schema; all addresses absolute. */
export interface ExtractedPage {
  /** `article`, `video`, `audio` or `page`. */
  contentType: string;
  title: string | null;
  description: string | null;
  /** The readable text: paragraphs parted by an empty line. */
  text: string | null;
  author: { name: string; url: string | null } | null;
  siteName: string | null;
  /** BCP 47. */
  language: string | null;
  /** RFC 3339 in UTC. */
  publishedAt: string | null;
  modifiedAt: string | null;
  tags: string[];
  nsfw: boolean;
  /** view, like, comment, share as JSON-LD tells them. */
  stats: Record<string, number>;
  /** What the page claims to be its one address; not yet believed. */
  canonicalUrl: string | null;
  /** Where the page's site tells more of it as JSON (oEmbed). */
  oembedUrl: string | null;
  cover: PageMedia | null;
  /** Pictures of the text, in its order, without the cover. */
  images: PageMedia[];
  videos: PageMedia[];
  audios: PageMedia[];
  /** The metas by name, and JSON-LD, bounded; for debugging and later parsers. */
  raw: { [key: string]: Bounded };
}

/** A job for the child: to read a page or a feed, or to find the feeds that a page names. `url` is the text's own address, for relative links. */
export interface ReadRequest {
  what: 'page' | 'feed' | 'named feeds';
  text: string;
  url: string;
}
