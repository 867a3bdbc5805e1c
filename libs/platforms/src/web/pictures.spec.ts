import { describe, expect, it } from '@jest/globals';
import { extractPage } from './extract-page.ts';

const text =
  '<p>This sentence stands here so that the paragraph is long enough, and says nothing, at some length, with commas.</p>'.repeat(
    8,
  );
const picturesOf = (html: string) =>
  extractPage(
    `<html><head><title>T</title></head><body><article><h1>T</h1>${text}${html}${text}</article></body></html>`,
    'https://www.example.com/a/b',
  ).images;

describe('pictures of a text', () => {
  it.each([
    ['a lazy one', '<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" data-src="/a.jpg">', '/a.jpg'],
    ['a lazy set', '<img class="lazy" data-src="/a-6.jpg" data-srcset="/a-6.jpg 600w, /a-12.jpg 1200w">', '/a-12.jpg'],
    ['the largest by density', '<img src="/d.jpg" srcset="/d-1.jpg 1x, /d-3.jpg 3x">', '/d-3.jpg'],
    [
      'sources',
      '<picture><source srcset="/c-4.webp 400w, /c-20.webp 2000w"><img src="/c.jpg"></picture>',
      '/c-20.webp',
    ],
    ['one without scripts', '<img src="/placeholder.png"><noscript><img src="/n.jpg"></noscript>', '/n.jpg'],
    [
      'the whole one behind a preview',
      '<a href="/full/e.JPG"><img src="/thumb/e-150x150.jpg" width="150"></a>',
      '/full/e.JPG',
    ],
  ])('%s', (_, html, path) => {
    expect(picturesOf(html).map(({ url }) => url)).toEqual([`https://www.example.com${path}`]);
  });

  it('a link to a page, or to a file that is no picture, makes no preview of it', () => {
    expect(picturesOf('<a href="/b.html"><img src="/b.jpg" width="640" height="480"></a>')).toEqual([
      { url: 'https://www.example.com/b.jpg', width: 640, height: 480 },
    ]);
    for (const href of ['/b.mp4', '/wiki/File:b.jpg', '/blob/main/b.jpg', '/other.jpg', 'https://other.example/b.jpg'])
      expect(picturesOf(`<a href="${href}"><img src="/b.jpg"></a>`)).toEqual([
        { url: 'https://www.example.com/b.jpg' },
      ]);
  });
});
