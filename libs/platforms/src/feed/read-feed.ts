import { createHash } from 'node:crypto';
import { parseDate } from '../clean/dates.ts';
import { httpUrl } from '../clean/http-url.ts';
import { cleanName } from '../clean/names.ts';
import { cleanHtmlLine, cleanLine } from '../clean/text.ts';
import type { Feed, FeedEntry, RawEntry, RawFeed } from './feed.ts';
import { firstEntries, refuseMonsters, upToLastEntry, withoutDoctype } from './feed-text.ts';
import { readFormat } from './formats.ts';
import { NoFeed } from './no-feed.ts';

/** Entries that are read of one answer: the first ones, which are the newest nearly everywhere. */
const maxEntries = 2_000;

/**
 * Reads RSS 0.9 to 2.0, Atom and JSON Feed. CPU work on hostile input without a bound of its own: run it in the child. What comes behind a broken place in XML is lost; what stands before it counts.
 * @param url The feed's own address, against which relative ones count.
 * @throws NoFeed for what is no feed, and for a document type that declares entities
 */
export function readFeed(text: string, url: string): Feed {
  const raw = /^\s*\{/.test(text.slice(0, 100)) ? attempt(text) : readXml(text);
  const base = httpUrl(raw.base, url) ?? url;
  const entries = new Map<string, FeedEntry>();
  for (const entry of raw.entries) {
    const clean = cleanEntry(entry, base);
    // Of two with one name the first counts: feeds that repeat themselves have the newest first.
    if (clean && !entries.has(clean.key)) entries.set(clean.key, clean);
  }
  return {
    format: raw.format,
    title: cleanHtmlLine(raw.title, 2_000),
    description: cleanHtmlLine(raw.description, 20_000),
    siteUrl: httpUrl(raw.siteUrl, base),
    language: languageOf(raw.language),
    author: cleanName(raw.author),
    image: httpUrl(raw.image, base),
    entries: [...entries.values()],
  };
}

function readXml(text: string): RawFeed {
  refuseMonsters(text);
  const xml = firstEntries(withoutDoctype(text), maxEntries);
  try {
    return attempt(xml);
  } catch (error) {
    const whole = upToLastEntry(xml);
    if (whole === null) throw error;
    return attempt(whole);
  }
}

function attempt(text: string): RawFeed {
  try {
    return readFormat(text, maxEntries);
  } catch (error) {
    if (error instanceof NoFeed) throw error;
    throw new NoFeed('this is no feed, or a broken one', { cause: error });
  }
}

/** Null for an entry that says nothing by which it could be known again. */
function cleanEntry(entry: RawEntry, base: string): FeedEntry | null {
  const url = httpUrl(entry.url, httpUrl(entry.base, base) ?? base);
  const title = cleanHtmlLine(entry.title, 2_000);
  const identity = cleanLine(entry.id, 8_000) ?? url ?? title;
  if (identity === null) return null;
  return {
    key: createHash('sha256').update(identity).digest('hex'),
    url,
    title,
    author: cleanName(entry.author),
    published: parseDate(entry.published),
  };
}

function languageOf(value: unknown): string | null {
  const text = cleanLine(value, 35)?.replaceAll('_', '-') ?? '';
  return /^[a-z]{2,3}(?:-[a-z0-9]{2,8})*$/i.test(text) ? text : null;
}
