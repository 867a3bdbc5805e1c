import { describe, expect, it } from '@jest/globals';
import { cleanCount } from './counts.ts';

describe('cleanCount', () => {
  it.each([
    [0, 0],
    [7, 7],
    [-0, 0],
    ['7', 7],
    [' 1,234 ', 1_234],
    ['12 345', 12_345],
    ['１２３', 123],
    ['1\u200B2\uFEFF', 12],
    ['1.2万', 12_000],
    ['1.15万', 11_500],
    ['10万+', 100_000],
    ['3亿', 300_000_000],
    ['1.2K', 1_200],
    ['1.15k', 1_150],
    ['3M', 3_000_000],
    ['1.1B', 1_100_000_000],
    [12.6, 13],
  ])('reads %j as %d', (value, count) => {
    expect(cleanCount(value)).toBe(count);
  });

  it.each([
    [null],
    [undefined],
    [''],
    ['-'],
    ['--'],
    ['-3'],
    [-3],
    [NaN],
    [Infinity],
    [2 ** 53],
    ['1e400'],
    ['9999999999999999亿'],
    ['1.2.3'],
    ['many'],
    ['5 of 7'],
    [['7']],
    [{ count: 7 }],
    ['1'.repeat(10_000)],
  ])('says nothing of %p', (value) => {
    expect(cleanCount(value)).toBeNull();
  });
});
