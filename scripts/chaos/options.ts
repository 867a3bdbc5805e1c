import { parseArgs } from 'node:util';
import type { Row, Size } from './row.ts';

export interface ChaosOptions extends Size {
  rows: Row[];
  /** File for the figures. */
  json: string | undefined;
}

/** What CI has time for. */
const usualN = 2_000;

/** @throws Error that says what there is. */
export function readOptions(args: readonly string[], all: readonly Row[]): ChaosOptions {
  const { values } = parseArgs({
    args: [...args],
    options: { row: { type: 'string' }, n: { type: 'string' }, full: { type: 'boolean' }, json: { type: 'string' } },
  });
  const full = values.full ?? false;
  const wanted = values.row?.toUpperCase().split(',');
  const unknown = wanted?.filter((id) => !all.some((row) => row.id === id)) ?? [];
  if (unknown.length > 0)
    throw new Error(`--row knows ${all.map(({ id }) => id).join(', ')}; not ${unknown.join(', ')}`);
  const n = Number(values.n ?? usualN);
  if (!Number.isInteger(n) || n < 100 || n > 100_000) throw new Error('--n must be a number from 100 to 100000');
  const rows = all.filter((row) => (wanted ? wanted.includes(row.id) : full || row.inCi));
  return { rows, full, n, json: values.json };
}
