import type { OldRow, OldValue } from '@vaultstream/store';

/** Reads single values of old rows. Nothing is believed: what does not fit is null. */

/** Characters of JSON text that are parsed at most. */
const maxJson = 8 * 1_048_576;
/** Levels of nesting: whatever walks the value recursively must come back. */
const maxDepth = 200;

/** The value as text, cut; null for nothing, and for what is no text. */
export function text(value: OldValue | undefined, max: number): string | null {
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (typeof value !== 'string') return null;
  const trimmed = value.trim();
  return trimmed === '' ? null : trimmed.slice(0, max).toWellFormed();
}

/** SQLite has 0 and 1, Postgres t and f. */
export function flag(value: OldValue | undefined): boolean {
  return (
    value === true ||
    value === 1 ||
    value === 1n ||
    (typeof value === 'string' && ['1', 't', 'true'].includes(value.trim().toLowerCase()))
  );
}

/** A count: finite, not negative, as exact as a JSON number. */
export function count(value: unknown): number | null {
  if (value === null || value === '' || !['number', 'bigint', 'string'].includes(typeof value)) return null;
  const number = Number(value);
  return Number.isFinite(number) && number >= 0 ? number : null;
}

/** A whole number from 0 to the end of Postgres' int. */
export function smallCount(value: unknown): number {
  return Math.min(2_147_483_647, Math.trunc(count(value) ?? 0));
}

/** Parsed JSON, also when it was encoded twice; undefined for what is not JSON, is too large or too deep. */
export function json(value: OldValue | undefined): unknown {
  if (typeof value !== 'string' || value.length > maxJson) return undefined;
  const parsed = parsedOrUndefined(value.replaceAll('\u0000', ''));
  // Written twice; a string that only looks like it is a string.
  return typeof parsed === 'string' && /^\s*[[{]/.test(parsed) ? (parsedOrUndefined(parsed) ?? parsed) : parsed;
}

/** Undefined for what is no JSON, or nests too deep. */
function parsedOrUndefined(written: string): unknown {
  if (depthOf(written) > maxDepth) return undefined;
  try {
    return JSON.parse(written);
  } catch {
    return undefined;
  }
}

/** How deep the brackets of a JSON text nest. */
function depthOf(written: string): number {
  let [depth, deepest, quoted] = [0, 0, false];
  for (let index = 0; index < written.length; index++) {
    const character = written.charAt(index);
    if (quoted) {
      if (character === '\\') index++;
      else if (character === '"') quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === '[' || character === '{') {
      depth += 1;
      if (depth > deepest) deepest = depth;
    } else if (character === ']' || character === '}') depth -= 1;
  }
  return deepest;
}

/** A JSON object, or an empty one. */
export function object(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

/** A JSON array, or an empty one. */
export function array(value: unknown): unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

/** Tags: a JSON array, or text that is separated by commas or spaces. Without `#`, cut, each once. */
export function tags(value: OldValue | undefined): string[] {
  const parsed = json(value);
  const words = Array.isArray(parsed)
    ? parsed.filter((tag): tag is string => typeof tag === 'string')
    : typeof value === 'string' && isWords(value)
      ? separated(value)
      : [];
  const clean = words.map((word) =>
    word.replaceAll('\u0000', '').trim().replace(/^#/, '').slice(0, 100).toWellFormed(),
  );
  return [...new Set(clean.filter((word) => word !== ''))];
}

/** Whether a text is not JSON, whole or broken. */
function isWords(value: string): boolean {
  return value !== 'null' && !['[', '{', '"'].includes(value.trimStart().charAt(0));
}

/**
 * The words between commas and spaces. By hand, since a pattern that repeats takes a place on the stack of the
 * expression's engine for each separator, and a column of some megabytes of spaces can be longer than that stack.
 */
function separated(value: string): string[] {
  const words: string[] = [];
  let start = 0;
  for (let index = 0; index <= value.length; index++) {
    if (index < value.length && !separates(value.charCodeAt(index))) continue;
    if (index > start) words.push(value.slice(start, index));
    start = index + 1;
  }
  return words;
}

/** Whether a UTF-16 unit is a comma, of either width, or a space. */
function separates(unit: number): boolean {
  if (unit < 0x80) return unit === 0x2c || unit === 0x20 || (unit >= 0x09 && unit <= 0x0d);
  return unit === 0xff0c || /\s/u.test(String.fromCharCode(unit));
}

/** Those columns of a row that hold JSON and cannot be read as such. */
export function brokenJson(row: OldRow, columns: readonly string[]): string[] {
  return columns.filter((column) => {
    const value = row[column];
    return typeof value === 'string' && value.trim() !== '' && json(value) === undefined;
  });
}
