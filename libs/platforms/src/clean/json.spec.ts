import { describe, expect, it } from '@jest/globals';
import { itemsOf, membersOf, parseJson } from './json.ts';

const parse = (text: string) => parseJson(Buffer.from(text));

describe('S19: JSON of strangers', () => {
  it('is parsed, with or without a byte order mark', () => {
    expect(parse('{"a":[1,"x"]}')).toEqual({ a: [1, 'x'] });
    expect(parse('\uFEFF{"a":1}')).toEqual({ a: 1 });
    expect(parse('{"a":1,"a":2}')).toEqual({ a: 2 });
    expect(parse(`{"a":"${'['.repeat(1_000)}","b":"\\"[[["}`)).toMatchObject({ b: '"[[[' });
  });

  it.each([
    ['', 'not JSON'],
    ['<html>', 'not JSON'],
    ['{"a":', 'not JSON'],
    ['[1,]', 'not JSON'],
    ['['.repeat(65) + ']'.repeat(65), 'deeper than 64'],
    ['{"a":'.repeat(100_000), 'deeper than 64'],
    ['['.repeat(5_000_000), 'deeper than 64'],
  ])('is refused with a typed error', (text, message) => {
    expect(() => parse(text)).toThrow(
      expect.objectContaining({ name: 'BadPayload', message: expect.stringContaining(message) }),
    );
  });

  it('pollutes nothing', () => {
    const parsed = membersOf(parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}'));
    expect(Object.keys(parsed)).toEqual(['__proto__', 'constructor']);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  it('has no members or items where there are none', () => {
    for (const value of [null, undefined, 7, 'text', [1]]) expect(Object.keys(membersOf(value))).toEqual([]);
    for (const value of [null, undefined, 7, 'text', { length: 3 }]) expect(itemsOf(value)).toEqual([]);
    expect(membersOf(null)['title']).toBeUndefined();
  });
});
