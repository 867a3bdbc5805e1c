import { describe, expect, it } from '@jest/globals';
import { chinaTime } from './china-time.ts';
import { authorOf, mediaOf, pictureOf, pictureUrl, titleFrom } from './fields.ts';

describe('pictures of bilibili', () => {
  it.each([
    ['//i0.hdslb.com/a/b.jpg@320w_200h_1c.webp', 'https://i0.hdslb.com/a/b.jpg'],
    ['http://i1.hdslb.com/a.png@!web-article', 'https://i1.hdslb.com/a.png'],
    ['https://archive.biliimg.com/a@2x.png', 'https://archive.biliimg.com/a@2x.png'],
    ['/bfs/a.jpg', 'https://www.bilibili.com/bfs/a.jpg'],
    ['', null],
    ['javascript:1', null],
    [7, null],
  ])('%j is %j', (given, url) => {
    expect(pictureUrl(given)).toBe(url);
  });

  it('have a size only where both sides are one', () => {
    const url = 'https://i0.hdslb.com/a.jpg';
    expect(pictureOf(url, 'cover', { width: '12', height: 8.4 })).toEqual({
      kind: 'image',
      role: 'cover',
      url,
      width: 12,
      height: 8,
    });
    for (const size of [{ width: 1 }, { width: 0, height: 1 }, { width: 1e9, height: 1 }, { width: 'x', height: 1 }])
      expect(pictureOf(url, 'content', size)).toEqual({ kind: 'image', role: 'content', url });
  });

  it('are named once each, and a later mention may tell the size', () => {
    const url = 'https://i0.hdslb.com/a.jpg';
    const both = mediaOf([pictureOf(url, 'cover'), null, pictureOf(url, 'content', { width: 3, height: 2 })]);
    expect(both).toEqual([{ kind: 'image', role: 'cover', url, width: 3, height: 2 }]);
  });
});

describe('titles made of texts', () => {
  it.each([
    [null, null],
    ['一\n二', '一'],
    ['\n  首行 \n二', '首行'],
    ['字'.repeat(80), '字'.repeat(80)],
    ['字'.repeat(81), `${'字'.repeat(79)}…`],
  ])('%j', (text, title) => {
    expect(titleFrom(text)).toBe(title);
  });
});

describe('times and authors', () => {
  it.each([
    ['2026-03-14 16:26:53', '2026-03-14T08:26:53.000Z'],
    ['2026-01-01 00:00:00', '2025-12-31T16:00:00.000Z'],
    ['0000-00-00 00:00:00', undefined],
    ['soon', undefined],
    [1_773_476_813, undefined],
  ])('%j in China is %j', (text, iso) => {
    expect(chinaTime(text)?.toISOString()).toBe(iso);
  });

  it('ids are digits', () => {
    expect(authorOf('42', null, null)).toMatchObject({ id: '42', url: 'https://space.bilibili.com/42' });
    for (const id of [0, '', '../x', -1, { a: 1 }]) expect(authorOf(id, null, null)).toBeNull();
  });
});
