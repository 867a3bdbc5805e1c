import { itemsOf } from '../clean/json.ts';

/** Levels of a thing that are read. */
const maxDepth = 10;

/** The data of a page as the API would give it: `voteupCount` is `voteup_count`, at every level. What is nested deeper is left out. */
export function withSnakeKeys(value: unknown, depth = maxDepth): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth === 0) return null;
  if (Array.isArray(value)) return itemsOf(value).map((item) => withSnakeKeys(item, depth - 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      withSnakeKeys(inner, depth - 1),
    ]),
  );
}
