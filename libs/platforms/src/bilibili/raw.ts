import { boundedCopy } from '../clean/bounded.ts';
import { membersOf } from '../clean/json.ts';

/** An answer for debugging and for later parsers: bounded in depth, width and size. */
export function rawOf(data: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return { ...membersOf(boundedCopy(data, { depth: 14, width: 100, text: 2_000, left: 3_000 })) };
}
