import type { OldRow } from '@vaultstream/store';
import { count, json, object } from './values.ts';

const columns = ['view', 'like', 'collect', 'share', 'comment'];

/** Counts: the columns of the old version, and whatever numbers its `extra_stats` holds. Zeros of the columns mean "not told". */
export function statsOf(row: OldRow): Record<string, number> {
  const told = columns.flatMap((name) => {
    const value = count(row[`${name}_count`]);
    return value === null || value === 0 ? [] : [[name, value] as const];
  });
  const extra = Object.entries(object(json(row['extra_stats']))).flatMap(([name, value]) => {
    const number = typeof value === 'number' ? count(value) : null;
    return number === null || name.length > 50 || name === '__proto__' ? [] : [[name, number] as const];
  });
  return Object.fromEntries([...extra.slice(0, 100), ...told]);
}
