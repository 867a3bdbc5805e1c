import { describe, expect, it } from '@jest/globals';
import { boundedCopy, type Bounds } from './bounded.ts';

const bounds = (more: Partial<Bounds> = {}): Bounds => ({ depth: 4, width: 3, text: 5, left: 100, ...more });

describe('boundedCopy', () => {
  it('drops prototype keys at every depth and pollutes nothing', () => {
    const hostile: unknown = JSON.parse(
      '{"__proto__":{"x":1},"a":{"constructor":{"prototype":{"y":1}},"b":1},"\\u0000__proto__":{"z":1}}',
    );
    const copy = boundedCopy(hostile, bounds());
    expect(JSON.stringify(copy)).toBe('{"a":{"b":1}}');
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  it('bounds depth, width, length and number', () => {
    expect(boundedCopy([[[[[1]]]]], bounds())).toEqual([[[[null]]]]);
    expect(boundedCopy([1, 2, 3, 4], bounds())).toEqual([1, 2, 3]);
    expect(boundedCopy({ a: 'abcdefg\u0000', b: NaN, c: undefined, d: 1 }, bounds())).toEqual({
      a: 'abcde',
      b: null,
      c: null,
    });
    expect(boundedCopy({ a: [1, 1, 1], b: [2, 2, 2] }, bounds({ left: 4 }))).toEqual({ a: [1, 1, null] });
  });

  it('S18: survives a depth of 100,000', () => {
    const deep: unknown = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000));
    expect(boundedCopy(deep, bounds())).toEqual([[[[null]]]]);
  });
});
