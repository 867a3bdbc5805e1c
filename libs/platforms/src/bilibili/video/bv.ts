/**
 * The two names of one video: `av170001` and `BV17x411w7KC`. Arithmetic with BigInt: ids have up to 51 bits, and the sums more.
 *
 * The scheme of 2024, which gives the same as that of 2020 for every id of that time:
 * https://github.com/SocialSisterYi/bilibili-API-collect, docs/misc/bvid_desc.md
 */
const mask = 23_442_827_791_579n;
/** Set in every id before it is written, so that all have the same length; ids stay below it. */
const limit = 1n << 51n;
const alphabet = 'FcwAPNKTMug3GV5Lj7EJnHpWsx4tb8haYeviqBz6rkCy12mUSDQX9RdoZf';
const base = BigInt(alphabet.length);
/** Where each of the nine digits stands behind `BV1`, the lowest first. */
const places = [8, 7, 0, 5, 1, 3, 2, 4, 6] as const;

const shape = new RegExp(`^BV1([${alphabet}]{${places.length}})$`, 'i');

/** The BV id of an av number; null when there is no such number (1 to 2^51 - 1). */
export function avToBv(av: bigint): string | null {
  if (av < 1n || av >= limit) return null;
  const digits = places.map(() => '');
  let rest = (limit | av) ^ mask;
  for (const place of places) {
    digits[place] = alphabet.charAt(Number(rest % base));
    rest /= base;
  }
  return `BV1${digits.join('')}`;
}

/** The av number of a BV id, whose `BV` may be in lower case; null for what is none. */
export function bvToAv(bv: string): bigint | null {
  const digits = shape.exec(bv)?.[1];
  if (digits === undefined) return null;
  let written = 0n;
  for (const place of places.toReversed()) {
    const digit = alphabet.indexOf(digits.charAt(place));
    if (digit < 0) return null;
    written = written * base + BigInt(digit);
  }
  const av = (written ^ mask) - limit;
  return av >= 1n && av < limit ? av : null;
}
