import { BadPayload } from '@vaultstream/contracts';

export { itemsOf, membersOf } from './members.ts';

/** Levels of nesting that an answer may have. The deepest that a platform is known to send has about a dozen. */
const maxDepth = 64;

/**
 * Parses the JSON of a stranger. The nesting is counted before anything is built, so that no recursion over the result can overflow.
 * `__proto__` stays a plain member of its object and a number beyond all bounds is Infinity: read single members by `membersOf` and the
 * cleaners, and copy whole trees with `boundedCopy` only.
 * @throws BadPayload for what is no JSON, or nested deeper than 64 levels.
 */
export function parseJson(bytes: Buffer): unknown {
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
  if (depthOf(text) > maxDepth) throw new BadPayload(`JSON is nested deeper than ${maxDepth} levels`);
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new BadPayload('the answer is not JSON', { cause: error });
  }
}

/** The deepest nesting of brackets outside of strings; gives up, as deep enough, beyond the limit. */
function depthOf(text: string): number {
  let [depth, deepest, quoted] = [0, 0, false];
  for (let index = 0; index < text.length && deepest <= maxDepth; index++) {
    const code = text.charCodeAt(index);
    if (quoted) {
      if (code === 0x5c) index++;
      else if (code === 0x22) quoted = false;
    } else if (code === 0x22) quoted = true;
    else if (code === 0x5b || code === 0x7b) {
      depth++;
      if (depth > deepest) deepest = depth;
    } else if (code === 0x5d || code === 0x7d) depth--;
  }
  return deepest;
}
