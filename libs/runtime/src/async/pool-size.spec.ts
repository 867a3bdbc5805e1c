import { describe, expect, it } from '@jest/globals';
import { sizeFor } from './pool-size.ts';

describe('the size of a pool', () => {
  it.each([
    ['a child for each core', 4, 100, 4],
    ['as many as a quarter of the memory holds', 16, 24, 6],
    ['two on one core, so that one slow job keeps nobody waiting', 1, 100, 2],
    ['two where half of the memory holds them', 4, 4, 2],
    ['one where it does not', 4, 3.9, 1],
    ['one where memory is too small even for that', 2, 0.3, 1],
  ])('is %s', (_what, cores, fits, size) => {
    expect(sizeFor(cores, fits)).toBe(size);
  });
});
