import { describe, expect, it } from '@jest/globals';
import { assertLinear } from '@vaultstream/testing';
import fc from 'fast-check';
import { flag, json, smallCount, tags, text } from './values.ts';

describe('values of old rows', () => {
  it('json: once, twice, or not at all', () => {
    expect(json('{"a":1}')).toEqual({ a: 1 });
    expect(json('"[1,2]"')).toEqual([1, 2]);
    expect(json('"text"')).toBe('text');
    expect(json('{"a":"}]"}')).toEqual({ a: '}]' });
    for (const broken of ['', '{', 'None', `${'['.repeat(500)}${']'.repeat(500)}`, null, 5])
      expect(json(broken)).toBeUndefined();
  });

  it('json never throws', () => {
    expect(json('"["')).toBe('[');
    fc.assert(fc.property(fc.string(), (value) => void json(value)));
    fc.assert(fc.property(fc.json(), (value) => expect(json(value)).toBeDefined()));
  });

  it('P2: reads what is hostile in linear time', () => {
    const shapes: ((size: number) => string)[] = [
      (size) => '"\\'.repeat(size / 2),
      (size) => `"${'\\'.repeat(size)}`,
      (size) => '[]'.repeat(size / 2),
      (size) => ' '.repeat(size),
      (size) => `x${' '.repeat(size)}#`,
    ];
    for (const shape of shapes)
      for (const read of [json, tags]) assertLinear(read, shape, 5 * 1024 * 1024, { maxMs: 250 });
  });

  it('tags: an array, or words', () => {
    expect(tags('["a", "#b", "a", "", 3]')).toEqual(['a', 'b']);
    expect(tags('one, two，three four')).toEqual(['one', 'two', 'three', 'four']);
    for (const none of [null, 'null', '{"a":1}', '["broken']) expect(tags(none)).toEqual([]);
  });

  it('text, flags and counts', () => {
    expect(text('  a\ud800  ', 10)).toBe('a\ufffd');
    expect(text(12n, 10)).toBe('12');
    expect(text(new Uint8Array(2), 10)).toBeNull();
    expect([1n, 't', 'True', true].map(flag)).toEqual([true, true, true, true]);
    expect([0n, 'f', '', null, undefined].map(flag)).toEqual([false, false, false, false, false]);
    expect([-1, '7', 1e20, 'x', null].map(smallCount)).toEqual([0, 7, 2_147_483_647, 0, 0]);
  });
});
