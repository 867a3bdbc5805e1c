import { v5 as uuidv5 } from 'uuid';

/** Any random UUID: what all our names of old rows are made under. */
const namespace = '5d1d1d0e-4e0b-4a59-9c55-6a3f3f1e2c77';

/**
 * An id made of what an old row says of itself, so that the same row gives the same id in every run, from a copy or a backup too,
 * and rows of two old installations with the same number do not meet.
 */
export function oldId(kind: string, ...parts: (string | null)[]): string {
  return uuidv5(JSON.stringify([kind, ...parts]), namespace);
}
