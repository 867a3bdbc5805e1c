import { createHash } from 'node:crypto';

/** Hex SHA-256 of a JSON value, the same for every order of an object's keys. */
export function hashJson(value: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(canonical(value ?? null)))
    .digest('hex');
}

/** Tagged lists in place of objects and arrays, so that `{"a":1}` and `[["a",1]]` differ. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return ['array', ...value.map(canonical)];
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return ['object', ...entries.map(([key, item]) => [key, canonical(item)])];
}
