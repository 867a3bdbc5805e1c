/** What the letters after a number stand for: CJK counts by ten thousands, everybody else by thousands. */
const units: Readonly<Record<string, number>> = {
  ...{ k: 1e3, m: 1e6, b: 1e9 },
  ...{ 千: 1e3, 万: 1e4, 萬: 1e4, 만: 1e4, 亿: 1e8, 億: 1e8, 억: 1e8 },
};
/** What is written into numbers but is not part of them: separators, every kind of space, invisible characters. */
const filling = /[,'’_\s\u00AD\u200B-\u200F\u202A-\u202E\u2060-\u2064\u2066-\u2069\uFEFF]/g;
const written = /^(\d{1,16}(?:\.\d{1,6})?)([kmb千万萬만亿億억])?\+?$/i;

/**
 * A count as platforms give it: a number, a number as text (`"7"`, `"1,234"`, full-width digits), or a rounded one (`"1.2万"`, `"1.2K"`,
 * `"10万+"`). A whole number from 0 to 2^53 - 1; null for everything else, so that an unknown count is never taken for none.
 */
export function cleanCount(value: unknown): number | null {
  if (typeof value === 'number') return plausible(value);
  if (typeof value !== 'string' || value.length > 64) return null;
  const [, digits, unit] = written.exec(value.normalize('NFKC').replace(filling, '')) ?? [];
  if (digits === undefined) return null;
  return plausible(Number(digits) * (unit === undefined ? 1 : (units[unit.toLowerCase()] ?? NaN)));
}

function plausible(value: number): number | null {
  const count = Math.round(value);
  return Number.isSafeInteger(count) && count >= 0 ? Math.abs(count) : null;
}
