import { describe, expect, it } from '@jest/globals';
import type { HttpAnswer } from '../platform.ts';
import { answeredElsewhere, claimedAddress, redirectedTo } from './learned-address.ts';

const known = (url: string) => ({ platform: 'web', url, platformId: null, contentType: null });
const answer = (url: string) => ({ url }) as HttpAnswer;
const page = 'https://www.example.com/a?id=1';

describe('what a page names as its canonical address', () => {
  it.each([
    ['a canonical link of the same page', page, page, 'https://example.com/a', 'https://example.com/a'],
    [
      'its desktop twin',
      'https://m.example.com/a',
      'https://m.example.com/a',
      'https://www.example.com/a',
      'https://www.example.com/a',
    ],
    ['itself', page, page, page, undefined],
    ['itself over http with tracking', page, page, 'http://www.example.com/a?utm_source=x&id=1', undefined],
    ['nothing', page, page, null, undefined],
    ['the home page', page, page, 'https://www.example.com/', undefined],
    ['the home page by its file', page, page, 'https://www.example.com/index.html', undefined],
    ['another site', page, page, 'https://example.net/a', undefined],
    [
      'a neighbour below a shared suffix',
      'https://a.github.io/x',
      'https://a.github.io/x',
      'https://b.github.io/x',
      undefined,
    ],
    ['another scheme', page, page, 'ftp://www.example.com/b', undefined],
    ['the link of where it ended', 'https://sho.rt/1', `${page}&b=1`, page, page],
    ['what was asked, of where that led to', page, `${page}&sid=1`, page, page],
    ['a link of another site than where it ended', 'https://sho.rt/1', page, 'https://sho.rt/2', undefined],
    [
      'a link, where a home page stands for "not found"',
      page,
      'https://www.example.com/',
      'https://www.example.com/x',
      undefined,
    ],
    [
      'a route that no server sees',
      'https://example.com/app#/a',
      'https://example.com/app',
      'https://example.com/b',
      undefined,
    ],
  ])('%s', (_, asked, final, declared, expected) => {
    expect(claimedAddress(known(asked), answer(final), declared)).toBe(expected);
  });
});

describe('where redirects ended', () => {
  it.each([
    ['at the address asked', page, page, undefined, undefined],
    ['at a page', 'https://sho.rt/1', page, page, undefined],
    ['at another spelling of the same', page, `${page}&utm_source=x`, undefined, undefined],
    [
      'at a home page that stands for "not found"',
      page,
      'https://www.example.com/',
      undefined,
      'https://www.example.com/',
    ],
    [
      'at a home page, from one',
      'https://example.com/',
      'https://www.example.com/',
      'https://www.example.com/',
      undefined,
    ],
    ['at a route that no server sees', 'https://example.com/app#/a', 'https://example.com/app', undefined, undefined],
    ...[
      'X-Amz-Signature=a&X-Amz-Expires=60',
      'sig=a&se=2026-01-01',
      'Expires=1&Signature=a&Key-Pair-Id=b',
      'PHPSESSID=a',
      'access_token=a',
    ].map((query): [string, string, string, undefined, undefined] => [
      `at a file that is there for a while: ${query}`,
      page,
      `https://files.example.net/a.pdf?${query}`,
      undefined,
      undefined,
    ]),
  ])('%s', (_, asked, final, learned, elsewhere) => {
    expect(redirectedTo(known(asked), answer(final))).toBe(learned);
    expect(answeredElsewhere(known(asked), answer(final))).toBe(elsewhere);
  });
});
