import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readFeed } from './read-feed.ts';

const url = 'https://feeds.example.com/rss.xml';
const channel = (inside: string) => `<rss version="2.0"><channel><title>x</title>${inside}</channel></rss>`;
const times = (text: string, count: number) => text.repeat(count);

/** Either a feed or NoFeed, in bounded time and with bounded results. */
function survives(text: string): void {
  const began = performance.now();
  try {
    expect(readFeed(text, url).entries.length).toBeLessThanOrEqual(2_000);
  } catch (error) {
    expect(error).toMatchObject({ name: 'NoFeed' });
  }
  // Four megabytes take a tenth of this on a machine that has nothing else to do.
  expect(performance.now() - began).toBeLessThan(20_000);
  expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
}

describe('feeds of strangers', () => {
  it.each<[string, string]>([
    ['elements without end', times('<a>', 1_000_000)],
    ['nesting', channel(times('<a>', 300_000) + times('</a>', 300_000))],
    ['ends without beginnings', channel(times('</x>', 900_000))],
    ['open brackets', channel(times('<', 3_000_000))],
    ['open sections', channel(times('<![CDATA[', 400_000))],
    ['open comments', channel(times('<!-- ', 700_000))],
    ['comments before the root', `${times('<!-- -->', 400_000)}${channel('')}`],
    ['instructions', channel(times('<?x ', 900_000))],
    ['entities', channel(`<description>${times('&amp;', 800_000)}</description>`)],
    ['unknown entities', channel(`<description>${times('&lol9;', 600_000)}</description>`)],
    ['attributes', `<rss version="2.0" ${Array.from({ length: 200_000 }, (_, index) => `a${index}="b"`).join(' ')}>`],
    ['white space', channel(`<item${times(' ', 3_000_000)}></item>`)],
    ['entries', channel(times('<item><title>abc</title><guid>1</guid></item>', 80_000))],
    [
      'different entries',
      channel(Array.from({ length: 50_000 }, (_, index) => `<item><guid>${index}</guid></item>`).join('')),
    ],
    ['a long title', channel(`<item><title>${times('long ', 700_000)}</title></item>`)],
    ['prototype keys', channel('<__proto__><polluted>1</polluted></__proto__><constructor>1</constructor>')],
    [
      'prototype keys of JSON',
      '{"version":"https://jsonfeed.org/version/1.1","title":"x","__proto__":{"polluted":1},"items":[{"id":{"a":1}},null,7]}',
    ],
    ['JSON nested without end', `{"version":"https://jsonfeed.org/version/1.1","items":${times('[', 200_000)}`],
  ])('S18, S19: %s', (_, text) => survives(text));

  it.each([
    '<!DOCTYPE x [<!ENTITY a "a">]>',
    '<!doctype x [<!entity a SYSTEM "file:///etc/passwd">]>',
    '<!DOCTYPE x SYSTEM "http://127.0.0.1/x.dtd" [ ]>',
    `<!-- ${times('x', 5_000)} --><!DOCTYPE x [<!ENTITY a "a">]>`,
  ])('S19: a document type that declares things is refused', (doctype) => {
    expect(() => readFeed(doctype + channel('<item><title>&a;</title></item>'), url)).toThrow(
      expect.objectContaining({ name: 'NoFeed' }),
    );
  });

  it('any text is a feed or none', () => {
    const piece = fc.constantFrom(
      '<rss version="2.0">',
      '<channel>',
      '<item>',
      '</item>',
      '<link>',
      '</link>',
      '<feed xmlns="http://www.w3.org/2005/Atom">',
      '<entry>',
      '</entry>',
      '<![CDATA[',
      ']]>',
      '&#0;',
      '&amp;',
      '<!DOCTYPE',
      '>',
      '{',
      '"',
      'https://a.example/',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string({ unit: 'binary' })), { maxLength: 40 }), (pieces) =>
        survives(pieces.join('')),
      ),
      { numRuns: 500 },
    );
  });
});
