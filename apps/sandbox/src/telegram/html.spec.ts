import { describe, expect, it } from '@jest/globals';
import { parseHtml } from './html.ts';

const problem = (source: string): string => {
  try {
    parseHtml(source);
    return 'none';
  } catch (error) {
    return error instanceof Error ? error.message.replace("Bad Request: can't parse entities: ", '') : 'unknown';
  }
};

describe('HTML as the Bot API reads it', () => {
  it.each([
    ['plain & simple', 'plain & simple', []],
    ['1 &lt; 2 &amp;&amp; 3 &gt; 2 &quot;&#33;&#x1F30A;', '1 < 2 && 3 > 2 "!🌊', []],
    ['&nbsp;&copy; stay as they are', '&nbsp;&copy; stay as they are', []],
    ['&amp;lt; is read once', '&lt; is read once', []],
    ['🌊<b>x</b>', '🌊x', [{ type: 'bold', offset: 2, length: 1 }]],
    ['  \n<i>cut</i>  ', 'cut', [{ type: 'italic', offset: 0, length: 3 }]],
    ['<b></b>nothing', 'nothing', []],
    ['<B>case</b>', 'case', [{ type: 'bold', offset: 0, length: 4 }]],
    [
      '<a href="https://a.test/?x=1&amp;y=2">l</a>',
      'l',
      [{ type: 'text_link', offset: 0, length: 1, url: 'https://a.test/?x=1&y=2' }],
    ],
    ['<a href="nowhere">l</a>', 'l', []],
    [
      '<blockquote expandable>q <u>u</u></blockquote>',
      'q u',
      [
        { type: 'expandable_blockquote', offset: 0, length: 3 },
        { type: 'underline', offset: 2, length: 1 },
      ],
    ],
    ['<code class="language-ts">x</code>', 'x', [{ type: 'pre', offset: 0, length: 1, language: 'ts' }]],
    ['<span class="tg-spoiler">x</span>', 'x', [{ type: 'spoiler', offset: 0, length: 1 }]],
  ])('%j', (source, text, entities) => {
    const parsed = parseHtml(source);
    expect(parsed.text).toBe(text);
    expect(parsed.entities).toEqual(expect.arrayContaining(entities));
    expect(parsed.entities).toHaveLength(entities.length);
  });

  it.each([
    ['1 < 2', 'Unsupported start tag "" at byte offset 2'],
    ['海 <p>x</p>', 'Unsupported start tag "p" at byte offset 4'],
    ['<b', 'Unclosed start tag at byte offset 0'],
    ['<a href="x', 'Unclosed start tag at byte offset 0'],
    ['<b>x', 'Can\'t find end tag corresponding to start tag "b"'],
    ['x</b>', 'Unexpected end tag at byte offset 1'],
    ['<b>x</i>', 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'],
    ['<b>x</b', 'Unclosed end tag at byte offset 4'],
    ['<span class="big">x</span>', 'Tag "span" must have class "tg-spoiler" at byte offset 0'],
    ['<a =x>y</a>', 'Empty attribute name in the tag "a" at byte offset 0'],
    ['<a href=x/y>z</a>', 'Unexpected end of name token at byte offset 8'],
    ['<br/>', 'Unsupported start tag "br/" at byte offset 0'],
  ])('%j is refused', (source, expected) => {
    expect(problem(source)).toBe(expected);
  });
});
