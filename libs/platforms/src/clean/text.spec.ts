import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cleanHtmlLine, cleanLine, cleanParagraphs, cutAt, decodeEntities } from './text.ts';

describe('cleaning of texts', () => {
  it.each([
    ['  a \n\t b\u00A0c ', 'a b c'],
    ['a\u0000b\u0007', 'ab'],
    ['\uFEFFze\u200Bro\u2060 \u202Ewidth\u00AD', 'zero width'],
    ['Tom &amp;amp; Ann&#8217;s &lt;3', 'Tom &amp; Ann’s <3'],
    ['lone \uD800 surrogate', 'lone \uFFFD surrogate'],
    ['می\u200Cخواهم', 'می\u200Cخواهم'],
    ['👩\u200D👩\u200D👧', '👩\u200D👩\u200D👧'],
    ['a\u200D b\u200C', 'a b'],
    [' \u200B ', null],
    [7, '7'],
    [null, null],
    [{}, null],
  ])('%j is one line %j', (value, expected) => {
    expect(cleanLine(value, 100)).toBe(expected);
  });

  it('drops tags, but not what merely looks like one', () => {
    expect(cleanHtmlLine('<p>Hello <b>you</b>&lt;br&gt;there, 1 < 2</p>', 100)).toBe('Hello you there, 1 < 2');
  });

  it('keeps paragraphs', () => {
    expect(cleanParagraphs('\n a  \r\n\r\n\r\n\r\nb\u0000\u2028c \n', 100)).toBe(' a\n\nb\nc');
    expect(cleanParagraphs(' \n ', 100)).toBeNull();
  });

  it('decodes entities once', () => {
    expect(decodeEntities('a &lt;3 &amp;amp; &#8217; &unknown; & b')).toBe('a <3 &amp; \u2019 &unknown; & b');
  });

  it('cuts between code points', () => {
    expect(cutAt('a😀', 2)).toBe('a');
    expect(cutAt('a😀', 3)).toBe('a😀');
  });

  it('gives text that Postgres takes, within the limit, and the same the second time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), fc.integer({ min: 1, max: 40 }), (value, max) => {
        for (const text of [cleanLine(value.replaceAll('&', ''), max), cleanParagraphs(value, max)]) {
          if (text === null) continue;
          expect(text.length).toBeLessThanOrEqual(max);
          expect(text.isWellFormed()).toBe(true);
          expect(text).not.toContain('\u0000');
        }
        const once = cleanLine(value.replaceAll('&', ''), max);
        expect(cleanLine(once, max)).toBe(once);
      }),
    );
  });
});
