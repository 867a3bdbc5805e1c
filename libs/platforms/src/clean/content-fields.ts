import type { ParsedMedia } from '@vaultstream/contracts';
import { boundedCopy } from './bounded.ts';
import { cleanCount } from './counts.ts';
import { httpsUrl } from './http-url.ts';
import { membersOf } from './members.ts';
import { cleanLine, cutAt } from './text.ts';

export { memberAt } from './members.ts';

/** Longest title that is made of a text: UTF-16 units. */
const maxMadeTitle = 80;
const maxTags = 100;
const maxMedia = 1_000;
/** Sizes of pictures may be fractions, or nonsense. */
const maxPixels = 100_000;

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

/** The first line of a text as a title; null without a text. */
export function titleFrom(text: string | null): string | null {
  const line = cleanLine(text?.trimStart().split('\n', 1)[0], 2_000);
  return line === null || line.length <= maxMadeTitle ? line : `${cutAt(line, maxMadeTitle - 1).trimEnd()}…`;
}

/** Paragraphs as one text; those without anything are left out. */
export function joined(paragraphs: readonly (string | null | undefined)[], between = '\n\n'): string {
  return paragraphs.filter((text) => typeof text === 'string' && text.trim() !== '').join(between);
}

/** Pixels that make sense, both or none. */
export function sizeOf(width: unknown, height: unknown): { width?: number; height?: number } {
  const [w, h] = [cleanCount(width), cleanCount(height)];
  return w === null || h === null || w < 1 || h < 1 || w > maxPixels || h > maxPixels ? {} : { width: w, height: h };
}

/** The https address of a file, `//host` included; null for a relative one, and for what is none. */
export function fileUrl(value: unknown): string | null {
  return httpsUrl(typeof value === 'string' && value.startsWith('//') ? `https:${value}` : value);
}

/** Each address once, in order. Where its first mention has no size, a later one may tell it. */
export function uniqueMedia(media: readonly ParsedMedia[]): ParsedMedia[] {
  const found = new Map<string, ParsedMedia>();
  for (const medium of media) found.set(medium.url, { ...medium, ...found.get(medium.url) });
  return [...found.values()].slice(0, maxMedia);
}

/** An answer for debugging and for later parsers: bounded in depth, width and size. */
export function rawOf(data: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return { ...membersOf(boundedCopy(data, { depth: 10, width: 100, text: 2_000, left: 3_000 })) };
}
