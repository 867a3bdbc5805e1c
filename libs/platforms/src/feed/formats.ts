import { parseFeed } from 'feedsmith';
import { itemsOf, memberAt, membersOf } from '../clean/members.ts';
import type { RawEntry, RawFeed } from './feed.ts';

/** The first of several values that is there. */
const first = (...values: readonly unknown[]): unknown => values.find((value) => value !== undefined && value !== '');
/** The first item of a list in a member, by path. */
const firstAt = (value: unknown, ...path: readonly string[]): unknown => itemsOf(memberAt(value, ...path))[0];

/**
 * Takes a feed apart. The parser builds no entities, bounds the nesting and gives no prototype keys; what it gives is read member by member all
 * the same, because a stranger wrote the values.
 * @throws Error for what is no feed
 */
export function readFormat(text: string, maxItems: number): RawFeed {
  const { format, feed } = parseFeed(text, { maxItems });
  switch (format) {
    case 'rss':
      return readRss(feed, 'rss');
    case 'rdf':
      return readRss(feed, 'rdf');
    case 'atom':
      return readAtom(feed);
    case 'json':
      return readJson(feed);
  }
}

function readRss(feed: unknown, format: 'rss' | 'rdf'): RawFeed {
  const channel = membersOf(feed);
  const site = first(channel['link'], linkOf(memberAt(channel, 'atom', 'links'), 'alternate'));
  return {
    format,
    title: channel['title'],
    description: first(channel['description'], memberAt(channel, 'itunes', 'summary')),
    siteUrl: site,
    language: first(channel['language'], firstAt(channel, 'dc', 'languages')),
    author: first(
      memberAt(channel, 'itunes', 'author'),
      firstAt(channel, 'dc', 'creators'),
      personOf(channel['managingEditor']),
    ),
    image: first(memberAt(channel, 'itunes', 'image'), memberAt(channel, 'image', 'url')),
    base: site,
    entries: itemsOf(channel['items']).map((item) => rssEntry(membersOf(item), site)),
  };
}

function rssEntry(item: Readonly<Record<string, unknown>>, base: unknown): RawEntry {
  const guid = memberAt(item, 'guid', 'value');
  const isAddress =
    memberAt(item, 'guid', 'isPermaLink') !== false && typeof guid === 'string' && /^https?:/i.test(guid);
  return {
    id: first(guid, memberAt(item, 'rdf', 'about')),
    url: first(
      item['link'],
      linkOf(memberAt(item, 'atom', 'links'), 'alternate'),
      isAddress ? guid : undefined,
      memberAt(item, 'rdf', 'about'),
      memberAt(firstAt(item, 'enclosures'), 'url'),
    ),
    title: first(item['title'], memberAt(item, 'itunes', 'title'), firstAt(item, 'dc', 'titles')),
    author: first(
      firstAt(item, 'dc', 'creators'),
      personOf(firstAt(item, 'authors')),
      memberAt(item, 'itunes', 'author'),
    ),
    published: first(item['pubDate'], firstAt(item, 'dc', 'dates'), memberAt(item, 'atom', 'published')),
    base,
  };
}

function readAtom(feed: unknown): RawFeed {
  const root = membersOf(feed);
  const base = memberAt(root, 'xml', 'base');
  return {
    format: 'atom',
    title: memberAt(root, 'title', 'value'),
    description: memberAt(root, 'subtitle', 'value'),
    siteUrl: linkOf(root['links'], 'alternate'),
    language: memberAt(root, 'xml', 'lang'),
    author: personOf(firstAt(root, 'authors')),
    image: first(root['logo'], root['icon']),
    base,
    entries: itemsOf(root['entries']).map((value) => {
      const entry = membersOf(value);
      return {
        id: entry['id'],
        url: first(
          linkOf(entry['links'], 'alternate'),
          memberAt(entry, 'content', 'src'),
          linkOf(entry['links'], 'enclosure'),
        ),
        title: first(memberAt(entry, 'title', 'value'), memberAt(entry, 'media', 'title', 'value')),
        author: personOf(firstAt(entry, 'authors')),
        published: first(entry['published'], entry['updated']),
        base: first(memberAt(entry, 'xml', 'base'), base),
      };
    }),
  };
}

function readJson(feed: unknown): RawFeed {
  const root = membersOf(feed);
  return {
    format: 'json',
    title: root['title'],
    description: root['description'],
    siteUrl: root['home_page_url'],
    language: root['language'],
    author: personOf(firstAt(root, 'authors')),
    image: first(root['icon'], root['favicon']),
    entries: itemsOf(root['items']).map((value) => {
      const item = membersOf(value);
      return {
        id: item['id'],
        url: first(item['url'], item['external_url']),
        title: item['title'],
        author: personOf(firstAt(item, 'authors')),
        published: first(item['date_published'], item['date_modified']),
      };
    }),
  };
}

/** The address of the first link of a relation; a link without one is `alternate`. */
function linkOf(links: unknown, rel: string): unknown {
  return memberAt(
    itemsOf(links).find((link) => (memberAt(link, 'rel') ?? 'alternate') === rel),
    'href',
  );
}

/** `mail@example.com (Name)`, an object with a name, or the name itself. */
function personOf(value: unknown): unknown {
  if (typeof value !== 'string') return memberAt(value, 'name');
  const [, mail = '', name] = /^([^\s()]+)\s*\(([^()]+)\)$/.exec(value.trim()) ?? [];
  // A mail address: an @ that has something on both sides.
  const at = mail.indexOf('@', 1);
  return at > 0 && at < mail.length - 1 ? name : value;
}
