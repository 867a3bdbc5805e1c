import { decodeHTML } from 'entities/decode';

/**
 * The one place where texts of strangers are cleaned. All functions are total: any input gives a clean value or null, in linear time.
 * Nothing here imports other libraries of the workspace, because the child process that reads pages loads it too.
 */

/** Controls but tab and line breaks; invisible spaces, direction marks and overrides, soft hyphen, byte order mark. */
const unwanted =
  /(?![\t\n\v\f\r\u0085])\p{Cc}|[\u00AD\u200B\u200E\u200F\u202A-\u202E\u2060-\u2064\u2066-\u2069\uFEFF\uFFF9-\uFFFB]/gu;
/** Joiners carry meaning only between characters that join (Persian, Indic scripts, emoji). */
const joiners = /[\u200C\u200D]+/g;
const joining = /[^\s\p{ASCII}]/u;

/** Cuts to `max` UTF-16 units without splitting a code point. */
export function cutAt(value: string, max: number): string {
  if (value.length <= max) return value;
  const last = value.charCodeAt(max - 1);
  return value.slice(0, last >= 0xd800 && last <= 0xdbff ? max - 1 : max);
}

/** The part of a text that can give `max` characters: what is invisible or collapsed may be a multiple of them, but not without end. */
function bounded(value: string, max: number): string {
  return value.slice(0, max * 8 + 1_000);
}

/** Removes what is never text: NUL and other controls, invisible characters, lone surrogates. Keeps line breaks. */
export function stripInvisible(value: string): string {
  return value.toWellFormed().replace(unwanted, '').replace(joiners, keptJoiner).replaceAll('\uFFFD\uFFFD', '\uFFFD');
}

/** One joiner of a run that stands between two characters that join, else none. */
function keptJoiner(run: string, at: number, text: string): string {
  return joining.test(text.charAt(at - 1)) && joining.test(text.charAt(at + run.length)) ? run.charAt(0) : '';
}

/** Entities decoded once, for texts that an API gives escaped. */
export function decodeEntities(value: string): string {
  return value.includes('&') ? decodeHTML(value) : value;
}

/**
 * One line: entities decoded once more (pages often encode twice), white space collapsed. Null when nothing is left or it is no string.
 * @param max UTF-16 units, as zod counts.
 */
export function cleanLine(value: unknown, max: number): string | null {
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string') return null;
  const text = stripInvisible(decodeEntities(bounded(value, max)));
  return cutAt(text.replace(/\s+/g, ' ').trim(), max).trimEnd() || null;
}

/** Several lines: paragraphs parted by one empty line, no space at line ends. Null when nothing is left. */
export function cleanParagraphs(value: unknown, max: number): string | null {
  if (typeof value !== 'string') return null;
  const lines = stripInvisible(bounded(value, max))
    .replace(/\r\n?|\u2028|\u0085/g, '\n')
    .replaceAll('\u2029', '\n\n')
    .split('\n')
    .map((line) => line.replace(/\u00A0/g, ' ').trimEnd());
  const text = lines
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .replace(/^\n+/, '')
    .trimEnd();
  return cutAt(text, max).trimEnd() || null;
}

/** Text of a small piece of HTML, such as a description that holds tags: tags dropped, then as `cleanLine`. */
export function cleanHtmlLine(value: unknown, max: number): string | null {
  if (typeof value !== 'string') return cleanLine(value, max);
  return cleanLine(cleanLine(value, max * 8)?.replace(/<\/?[a-z][^<>]*>/gi, ' ') ?? null, max);
}
