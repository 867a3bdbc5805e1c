import { describe, expect, it } from '@jest/globals';
import { fileUrl, joined, memberAt, rawOf, sizeOf, statsOf, tagsOf, titleFrom, uniqueMedia } from './content-fields.ts';

it('counts that are none are left out', () => {
  expect(statsOf({ like: '1.2万', view: 0, share: null, comment: 'many', collect: -1 })).toEqual({
    like: 12_000,
    view: 0,
  });
});

it('tags are clean, each once, a hundred at most', () => {
  expect(tagsOf([' a\u200B', 'a', '', null, { a: 1 }, 'b&amp;c', 7])).toEqual(['a', 'b&c', '7']);
  expect(tagsOf(Array.from({ length: 500 }, (_, index) => index))).toHaveLength(100);
});

it.each([
  [null, null],
  ['', null],
  ['\n one \ntwo', 'one'],
  ['字'.repeat(80), '字'.repeat(80)],
  ['字'.repeat(81), `${'字'.repeat(79)}…`],
])('the title of %j is %j', (text, title) => expect(titleFrom(text)).toBe(title));

it.each([
  ['http://a.example/x', 'https://a.example/x'],
  ['//a.example/x', 'https://a.example/x'],
  ['/x', null],
  ['x', null],
  ['javascript:alert(1)', null],
  [7, null],
])('the file %j is at %j', (value, url) => expect(fileUrl(value)).toBe(url));

it.each([
  [1, '2', { width: 1, height: 2 }],
  [0, 2, {}],
  [1, undefined, {}],
  [1, 100_001, {}],
])('the size %j by %j is %j', (width, height, size) => expect(sizeOf(width, height)).toEqual(size));

describe('media', () => {
  it('come once each, with the size that anybody tells', () => {
    const image = { kind: 'image', role: 'content' } as const;
    const sized = { ...image, width: 1, height: 2 };
    expect(
      uniqueMedia([
        { ...image, url: 'a' },
        { ...image, url: 'b' },
        { ...sized, role: 'cover', url: 'a' },
      ]),
    ).toEqual([
      { ...sized, url: 'a' },
      { ...image, url: 'b' },
    ]);
  });
});

it('members and texts of strangers', () => {
  expect(memberAt({ a: { b: 1 } }, 'a', 'b')).toBe(1);
  expect(memberAt({ a: [] }, 'a', 'b', 'c')).toBeUndefined();
  expect(joined(['a', '', ' ', null, undefined, 'b'])).toBe('a\n\nb');
  expect(JSON.stringify(rawOf(JSON.parse('{"__proto__":{"x":1},"a":{"constructor":1,"b":2}}')))).toBe('{"a":{"b":2}}');
});
