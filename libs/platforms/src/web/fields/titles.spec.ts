import { describe, expect, it } from '@jest/globals';
import { extractPage } from '../extract-page.ts';

const title = (head: string, body = '') =>
  extractPage(`<html><head>${head}</head><body>${body}</body></html>`, 'https://www.example.com/a').title;

describe('titles', () => {
  it.each([
    ['Lamps | The Harbour Post', '<h1>Lamps</h1>', 'Lamps'],
    ['Lamps - a story', '<h1>Something else</h1>', 'Lamps - a story'],
    ['The Harbour Post | Lamps – a story', '<h1>“Lamps — a story”</h1>', 'Lamps – a story'],
  ])('%s, beside the heading %s', (window, heading, expected) => {
    expect(title(`<title>${window}</title>`, heading)).toBe(expected);
  });

  it('a declared title stays as it is', () => {
    expect(title('<meta property="og:title" content="Lamps | Post">', '<h1>Lamps</h1>')).toBe('Lamps | Post');
  });

  it.each([
    ['The &amp;lt;dialog&amp;gt; element', 'The <dialog> element'],
    ['The &lt;dialog&gt; element', 'The <dialog> element'],
    ['A &lt;b&gt;bold &lt;i&gt;new&lt;/i&gt;&lt;/b&gt; lamp', 'A bold new lamp'],
    ['One&lt;br/&gt;Two', 'One Two'],
    ['1 &lt; 2 &gt; 0', '1 < 2 > 0'],
  ])('%s is read as a person means it', (written, expected) => {
    expect(title(`<meta property="og:title" content="${written}">`)).toBe(expected);
  });
});
