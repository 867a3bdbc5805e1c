import { InvalidInput } from '@vaultstream/contracts';

/** Keyset cursors: base64url of a JSON array, opaque to callers and checked member by member when they come back. */

type CursorPart = 'int' | 'time' | 'uuid' | 'digits' | 'word';
type CursorValue<P extends CursorPart> = P extends 'int' ? number : P extends 'time' ? Date : string;
type CursorValues<P extends readonly CursorPart[]> = { [K in keyof P]: CursorValue<P[K]> };

const checks: Record<CursorPart, (value: unknown) => boolean> = {
  int: (value) => Number.isInteger(value) && Math.abs(value as number) <= 2_147_483_647,
  // Postgres knows no year 0.
  time: (value) =>
    typeof value === 'string' && /^(?!0000)\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) && !Number.isNaN(Date.parse(value)),
  uuid: (value) => typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value),
  word: (value) => typeof value === 'string' && /^[\w.-]{0,128}$/.test(value),
  // Postgres' bigint ends at 2^63 - 1.
  digits: (value) => typeof value === 'string' && /^\d{1,19}$/.test(value) && BigInt(value) < 2n ** 63n,
};

/** `kind` names the list and its order, so that a cursor of another list is refused. */
export function encodeCursor(kind: string, values: readonly (number | string | Date)[]): string {
  return Buffer.from(JSON.stringify([kind, ...values])).toString('base64url');
}

/** @throws InvalidInput on `query.cursor` for anything that `encodeCursor` of the same kind did not make. */
export function decodeCursor<const P extends readonly CursorPart[]>(
  kind: string,
  parts: P,
  cursor: string,
): CursorValues<P> {
  let values: unknown;
  try {
    values = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    values = null;
  }
  const [head, ...rest] = Array.isArray(values) ? (values as unknown[]) : [];
  const valid =
    head === kind && rest.length === parts.length && parts.every((part, index) => checks[part](rest[index]));
  if (!valid)
    throw new InvalidInput('the cursor is not one of this list', [
      { path: 'query.cursor', message: 'must be the next_cursor of an earlier answer to the same query' },
    ]);
  return rest.map((value, index) => (parts[index] === 'time' ? new Date(value as string) : value)) as CursorValues<P>;
}

/** Cuts `limit + 1` rows to a page: the extra row only tells that there is more. */
export function toPage<Row, Item>(
  rows: Row[],
  limit: number,
  view: (row: Row) => Item,
  cursor: (row: Row) => string,
): { items: Item[]; next_cursor: string | null } {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown.map(view), next_cursor: rows.length > limit && last !== undefined ? cursor(last) : null };
}

/**
 * The rows behind the last one of a page that goes by `created_at` and id, newest first; all when there is none. Prisma cannot compare
 * rows, and Postgres does not look into an OR for where to begin in the index: the bound that repeats its first half tells it.
 */
export function olderThan(after: readonly [Date, string] | null) {
  if (after === null) return {};
  const [createdAt, id] = after;
  return { createdAt: { lte: createdAt }, OR: [{ createdAt: { lt: createdAt } }, { id: { lt: id } }] };
}
