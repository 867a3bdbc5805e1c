import { describe, expect, it } from '@jest/globals';
import { findUrl, findUrlText } from './find-url.ts';

describe('findUrl', () => {
  it.each([
    ['look: https://example.com/a, good', 'https://example.com/a'],
    ['link:https://example.com/a', 'https://example.com/a'],
    ['链接：https://example.com/a。', 'https://example.com/a'],
    ['https://example.com/a by @someone', 'https://example.com/a'],
    ['https://example.com @someone', 'https://example.com/'],
    ['http://example.com#@127.0.0.1/', 'http://example.com/#@127.0.0.1/'],
    ['example.com/a', 'https://example.com/a'],
  ])('%s is %s', (input, url) => {
    expect(findUrl(input)?.href).toBe(url);
  });

  it.each([
    ['a URL inside another scheme', 'jar:http://127.0.0.1!/'],
    ['a URL inside another scheme', 'blob:https://example.com/1'],
    ['a URL inside another scheme', 'view-source:https://example.com/'],
    ['two hosts that parsers tell apart differently', 'http://1.1.1.1 &@2.2.2.2# @3.3.3.3/'],
  ])('S1: %s is none: %s', (_why, input) => {
    expect(findUrl(input)).toBeNull();
  });

  it('S1: keeps the spelling that a parser would hide', () => {
    expect(findUrlText('see http://1.2.3/')).toEqual({ text: 'http://1.2.3/', written: true });
    expect(findUrlText('example.com')).toEqual({ text: 'https://example.com', written: false });
  });
});
