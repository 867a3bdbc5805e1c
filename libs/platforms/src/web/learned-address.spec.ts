import { expect, it } from '@jest/globals';
import type { HttpAnswer } from '../platform.ts';
import { learnedAddress } from './learned-address.ts';

const learn = (asked: string, final: string, declared: string | null) =>
  learnedAddress(
    { platform: 'web', url: asked, platformId: null, contentType: null },
    { url: final } as HttpAnswer,
    declared,
  );
const page = 'https://www.example.com/a?id=1';

it.each([
  ['a canonical link of the same page', page, page, 'https://example.com/a', 'https://example.com/a'],
  ['itself', page, page, page, undefined],
  ['itself over http with tracking', page, page, 'http://www.example.com/a?utm_source=x&id=1', undefined],
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
  ['where a short link ended', 'https://sho.rt/1', 'https://www.example.com/a', null, 'https://www.example.com/a'],
  [
    'the link of where it ended',
    'https://sho.rt/1',
    'https://www.example.com/a?b=1',
    'https://www.example.com/a',
    'https://www.example.com/a',
  ],
  ['a home page that stands for "not found"', page, 'https://www.example.com/', null, undefined],
  [
    'a route that no server sees',
    'https://example.com/app#/a',
    'https://example.com/app',
    'https://example.com/app',
    undefined,
  ],
])('%s', (_, asked, final, declared, expected) => {
  expect(learn(asked, final, declared)).toBe(expected);
});
