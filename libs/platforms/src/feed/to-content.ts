import { BadPayload, parsedContentSchema } from '@vaultstream/contracts';
import type { ParsedContent } from '@vaultstream/contracts';
import { cleanLine } from '../clean/text.ts';
import type { Feed, FeedEntry } from './feed.ts';

/** Entries that the content of a feed shows. */
const maxShown = 30;
/** Longest URL that serves as `platform_id`: limit of the schema. */
const maxPlatformId = 1_024;

/** Where a feed came from, and who has read it. */
export interface FeedSource {
  /** The canonical address that was asked for. */
  url: string;
  /** The address that gave the feed. */
  answered: string;
  /** See `redirectedTo` and `answeredElsewhere`. */
  learned: string | undefined;
  elsewhere: string | undefined;
  parserVersion: number;
}

/**
 * The content of a feed that was shared: the feed itself with its newest entries. `content_type` is `feed`, and `raw_metadata.subscribe_url`
 * says that, and under which address, it can be subscribed by POST /feeds.
 * @throws BadPayload
 */
export function feedContent(
  feed: Feed,
  { url, answered, learned, elsewhere, parserVersion }: FeedSource,
): ParsedContent {
  const shown = feed.entries.slice(0, maxShown);
  const address = learned ?? url;
  const newest = Math.max(...feed.entries.map(({ published }) => published?.getTime() ?? 0));
  const result = parsedContentSchema.safeParse({
    platform_id: address.length <= maxPlatformId ? address : null,
    content_type: 'feed',
    canonical_url: learned,
    answered_elsewhere: elsewhere,
    title: feed.title ?? cleanLine(new URL(answered).host, 200),
    description: feed.description,
    body_text: shown.map(lineOf).filter(Boolean).join('\n\n') || null,
    author: feed.author === null ? null : { id: null, name: feed.author, url: null, avatar_url: null },
    site_name: cleanLine(feed.title, 200),
    language: feed.language,
    published_at: newest > 0 ? new Date(newest) : null,
    tags: [],
    stats: { entries: feed.entries.length },
    media: feed.image === null ? [] : [{ kind: 'image', role: 'cover', url: feed.image }],
    raw_metadata: {
      format: feed.format,
      subscribe_url: answered,
      site_url: feed.siteUrl,
      entries: shown.map(({ url: address, title, published }) => ({ url: address, title, published })),
    },
    parser_version: parserVersion,
  });
  if (!result.success) throw new BadPayload('The feed gives no valid content.', { cause: result.error });
  return result.data;
}

function lineOf({ title, url, published }: FeedEntry): string {
  const day = published?.toISOString().slice(0, 10);
  return [[day, title].filter(Boolean).join(' '), url].filter(Boolean).join('\n');
}
