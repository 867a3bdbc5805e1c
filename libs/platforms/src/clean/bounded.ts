import { cutAt, stripInvisible } from './text.ts';

/** A copy of a stranger's JSON that is safe to store: see `boundedCopy`. */
export type Bounded = string | number | boolean | null | Bounded[] | { [key: string]: Bounded };

/** Keys that mean something to JavaScript's object model. */
const forbidden = new Set(['__proto__', 'constructor', 'prototype']);

export interface Bounds {
  depth: number;
  /** Items an array, keys an object. */
  width: number;
  /** UTF-16 units a string. */
  text: number;
  /** Values in all; counted down. */
  left: number;
}

/** Copies JSON with bounded depth, width and size, clean strings and no prototype keys. What is beyond the bounds becomes null or is left out. */
export function boundedCopy(value: unknown, bounds: Bounds): Bounded {
  if (bounds.left-- <= 0) return null;
  if (typeof value === 'string') return cutAt(stripInvisible(value), bounds.text);
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'object' || value === null || bounds.depth <= 0) return null;
  bounds.depth--;
  const copy = Array.isArray(value) ? copyArray(value, bounds) : copyObject(value, bounds);
  bounds.depth++;
  return copy;
}

function copyArray(value: unknown[], bounds: Bounds): Bounded[] {
  return value.slice(0, bounds.width).map((item) => boundedCopy(item, bounds));
}

function copyObject(value: object, bounds: Bounds): { [key: string]: Bounded } {
  const entries: [string, Bounded][] = [];
  for (const key in value) {
    if (entries.length >= bounds.width || bounds.left <= 0) break;
    if (!Object.hasOwn(value, key) || forbidden.has(key)) continue;
    entries.push([cutAt(stripInvisible(key), 200), boundedCopy((value as Record<string, unknown>)[key], bounds)]);
  }
  return Object.fromEntries(entries.filter(([key]) => !forbidden.has(key)));
}
