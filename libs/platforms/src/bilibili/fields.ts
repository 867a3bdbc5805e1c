import { maxBodyText, type ParsedContent, type ParsedMedia } from '@vaultstream/contracts';
import { cleanCount } from '../clean/counts.ts';
import { httpsUrl } from '../clean/http-url.ts';
import { membersOf } from '../clean/json.ts';
import { cleanLine, cleanParagraphs, cutAt } from '../clean/text.ts';

/** Against what `//host` and relative addresses count. */
const home = 'https://www.bilibili.com/';
/** Longest title that is made of a text: UTF-16 units. */
const maxMadeTitle = 80;
const maxTags = 100;
/** Their pixel sizes may be fractions, or nonsense. */
const maxPixels = 100_000;

/** An https address as Bilibili writes them, `//host` included; null for anything else. */
export function addressOf(value: unknown): string | null {
  return httpsUrl(value, home);
}

/** The address of a picture itself: `...jpg@320w_200h.webp` is a smaller copy of `...jpg`. */
export function pictureUrl(value: unknown): string | null {
  const url = addressOf(value);
  if (url === null) return null;
  const { origin, pathname, search } = new URL(url);
  return /\.hdslb\.com$/.test(new URL(url).hostname) ? origin + pathname.replace(/@[^/]*$/, '') + search : url;
}

/** A picture with its size, where one is given; null without an address. */
export function pictureOf(
  value: unknown,
  role: ParsedMedia['role'] = 'content',
  size: { width?: unknown; height?: unknown } = {},
): ParsedMedia | null {
  const url = pictureUrl(value);
  const [width, height] = [pixels(size.width), pixels(size.height)];
  if (url === null) return null;
  return { kind: 'image', role, url, ...(width === null || height === null ? {} : { width, height }) };
}

/** Each address once, in order, without what is none. Where the first mention has no size, a later one may tell it. */
export function mediaOf(pictures: readonly (ParsedMedia | null)[]): ParsedMedia[] {
  const found = new Map<string, ParsedMedia>();
  for (const picture of pictures) if (picture) found.set(picture.url, { ...picture, ...found.get(picture.url) });
  return [...found.values()].slice(0, 1_000);
}

/** Who made it, from the id, name and picture that the API gives under one name or another; null when nothing is known. */
export function authorOf(mid: unknown, name: unknown, face: unknown): ParsedContent['author'] {
  const id = /^[1-9]\d{0,19}$/.exec(cleanLine(mid, 21) ?? '')?.[0] ?? null;
  const author = {
    id,
    name: cleanLine(name, 200),
    url: id === null ? null : `https://space.bilibili.com/${id}`,
    avatar_url: pictureUrl(face),
  };
  return author.id === null && author.name === null ? null : author;
}

/** Counts by our names; those that are not given, or are none, are left out. */
export function statsOf(given: Readonly<Record<string, unknown>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => {
      const count = cleanCount(value);
      return count === null ? [] : [[name, count]];
    }),
  );
}

/** Tags, each once. */
export function tagsOf(names: readonly unknown[]): string[] {
  const clean = names.map((name) => cleanLine(name, 100)).filter((name) => name !== null);
  return [...new Set(clean)].slice(0, maxTags);
}

/** A long text as it is kept. Bilibili writes `-` for "nothing". */
export function bodyOf(value: unknown): string | null {
  const text = cleanParagraphs(value, maxBodyText);
  return text === '-' ? null : text;
}

/** The first line of a text as a title; null without a text. */
export function titleFrom(text: string | null): string | null {
  const line = cleanLine(text?.trimStart().split('\n', 1)[0], 2_000);
  return line === null || line.length <= maxMadeTitle ? line : `${cutAt(line, maxMadeTitle - 1).trimEnd()}…`;
}

/** Paragraphs as one text; those without anything are left out. */
export function joined(paragraphs: readonly (string | null | undefined)[], between = '\n\n'): string {
  return paragraphs.filter((text) => typeof text === 'string' && text.trim() !== '').join(between);
}

/** A member of a member of a stranger's object. */
export function memberAt(value: unknown, ...names: readonly string[]): unknown {
  return names.reduce((inner, name) => membersOf(inner)[name], value);
}

function pixels(value: unknown): number | null {
  const count = cleanCount(value);
  return count === null || count < 1 || count > maxPixels ? null : count;
}
