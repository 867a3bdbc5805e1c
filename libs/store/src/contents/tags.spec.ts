import { describe, expect, it } from '@jest/globals';
import { maxTags, uniteTags } from './tags.ts';

describe('uniteTags', () => {
  it('keeps the known ones first, in their order, without doubles', () => {
    expect(uniteTags(['b', 'a'], ['a', 'c', 'b', 'c'])).toEqual(['b', 'a', 'c']);
  });

  it('cuts what is beyond the limit', () => {
    const many = Array.from({ length: maxTags + 5 }, (_, index) => String(index));
    expect(uniteTags(['x'], many)).toEqual(['x', ...many.slice(0, maxTags - 1)]);
  });
});
