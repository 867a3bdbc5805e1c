import { trimEndOf } from '../clean/trim.ts';

/** Longest `srcset` that is read: UTF-16 units. */
const maxLength = 50_000;

/** The address of the largest candidate of a `srcset` (by `w`, else by `x`, else the first); null when there is none. Addresses may hold commas. */
export function largestOf(srcset: string | null): string | null {
  if (srcset === null || srcset.length > maxLength) return null;
  let best: string | null = null;
  let bestSize = -1;
  // Tokens by space, as the HTML standard parses it: an address ends at white space, a descriptor at the comma.
  const tokens = srcset.split(/\s+/).filter((token) => token !== '' && token !== ',');
  for (let at = 0; at < tokens.length; at++) {
    const address = (tokens[at] ?? '').replace(/^,+/, '');
    const closed = address.endsWith(',');
    const descriptor = closed ? '' : (tokens[at + 1] ?? '');
    const [, number, unit] = /^(\d+(?:\.\d+)?)([wx]),?/.exec(descriptor) ?? [];
    if (number !== undefined) at++;
    const size = number === undefined ? 1 : Number(number) * (unit === 'x' ? 1_000 : 1);
    if (size > bestSize) [best, bestSize] = [trimEndOf(address, /,/), size];
    // "1200w,https://..." without a space: the rest of the token is the next address.
    const rest = number === undefined ? '' : descriptor.replace(/^[\d.]+[wx],?/, '');
    if (rest !== '') tokens.splice(at + 1, 0, rest);
  }
  return best || null;
}
