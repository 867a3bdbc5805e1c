import { BadPayload } from '@vaultstream/contracts';
import { decodeText, raiseForStatus } from '@vaultstream/runtime';
import type { HttpAnswer, PlatformHttp } from '../platform.ts';
import { canonicalWebUrl } from '../url/canonical-url.ts';
import type { Feed, FeedReader } from './feed.ts';
import { looksLikeFeed } from './feed-text.ts';

/** Longest feed that is read: bytes. A podcast of many years has three. */
const maxFeedBytes = 4 * 1024 * 1024;
const maxRedirects = 5;

/** What a feed's server remembers us by. */
export interface Validators {
  etag: string | null;
  lastModified: string | null;
}

/** What a feed's address answered. */
export type FeedAnswer =
  | ({ kind: 'unchanged' } & Moved)
  | ({ kind: 'feed'; feed: Feed; /** The address that answered. */ url: string } & Moved & Validators)
  | ({ kind: 'page'; /** The feeds that the page names. */ feeds: string[] } & Moved);

interface Moved {
  /** Where the address has moved for good (301, 308), canonical; null when it has not. */
  movedTo: string | null;
}

const feedAccept =
  'application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5';

/**
 * Asks for a feed, by what is known of the last answer. Redirects are followed step by step, because a permanent one is a fact about the feed
 * and a temporary one is not: what comes behind the first temporary step counts for this time only.
 * @throws the errors of the guarded client, of `raiseForStatus` and of the reader; BadPayload for what is neither a feed nor a page
 */
export async function fetchFeed(
  { http, reader, signal }: { http: PlatformHttp; reader: FeedReader; signal: AbortSignal },
  url: string,
  known: Validators = { etag: null, lastModified: null },
): Promise<FeedAnswer> {
  let address = url;
  let movedTo: string | null = null;
  let forGood = true;
  for (let step = 0; step <= maxRedirects; step++) {
    const answer = await http.fetch({
      url: address,
      maxBytes: maxFeedBytes,
      redirect: 'manual',
      headers: {
        accept: feedAccept,
        ...(known.etag === null ? {} : { 'if-none-match': known.etag }),
        ...(known.lastModified === null ? {} : { 'if-modified-since': known.lastModified }),
      },
      signal,
    });
    if (answer.status === 304 && (known.etag ?? known.lastModified) !== null) return { kind: 'unchanged', movedTo };
    const next = [301, 302, 303, 307, 308].includes(answer.status) ? nextAddress(answer) : null;
    if (next === null) {
      raiseForStatus(answer);
      return understand(answer, movedTo, reader);
    }
    forGood &&= answer.status === 301 || answer.status === 308;
    if (forGood) movedTo = canonicalWebUrl(next);
    address = next.href;
  }
  throw new BadPayload(`${new URL(url).host} redirects more than ${maxRedirects} times`);
}

function nextAddress({ headers, url }: HttpAnswer): URL | null {
  const location = headers['location'];
  const next = location === undefined ? null : URL.parse(Buffer.from(location, 'latin1').toString('utf8'), url);
  if (next && url.startsWith('https:') && next.protocol === 'http:')
    throw new BadPayload(`${new URL(url).host} redirects from https to http`);
  return next;
}

async function understand(answer: HttpAnswer, movedTo: string | null, reader: FeedReader): Promise<FeedAnswer> {
  const { text } = decodeText(answer);
  if (looksLikeFeed(text))
    return {
      kind: 'feed',
      feed: await reader.readFeed(text, answer.url),
      url: answer.url,
      movedTo,
      etag: header(answer, 'etag'),
      lastModified: header(answer, 'last-modified'),
    };
  if (answer.mime === 'text/html' || answer.mime === 'application/xhtml+xml')
    return { kind: 'page', feeds: await reader.discoverFeeds(text, answer.url), movedTo };
  throw new BadPayload(`${new URL(answer.url).host} answered neither a feed nor a page`);
}

/** As it will be sent back: nothing but visible ASCII of a sane length. */
function header({ headers }: HttpAnswer, name: string): string | null {
  const value = headers[name] ?? '';
  return /^[\x20-\x7e]{1,500}$/.test(value) ? value : null;
}
