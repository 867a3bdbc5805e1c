import fc from 'fast-check';

/** Strings of everything that hurts: scripts from right to left, marks, families, flags, half pairs, markup, control characters. */
const piece = fc.oneof(
  fc.constantFrom('<b>', '</b>', '&amp;', '&', '"', "'", '<a href="x">', '](', '@everyone', '\n\n\n', '\t', '\u0000'),
  fc.constantFrom(
    '👨‍👩‍👧‍👦',
    '🇩🇪',
    '👍🏽',
    '🦊',
    'e\u0301',
    'שלום',
    'مرحبا',
    'नमस्ते',
    '\u202e',
    '\u2067',
    '\u200f',
    '\ud800',
    '\udc00',
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
);
/** Up to thirty of them, the whole up to `maxRepeat` times. */
export const textOf = (maxRepeat: number) =>
  fc
    .tuple(fc.array(piece, { maxLength: 30 }), fc.integer({ min: 1, max: maxRepeat }))
    .map(([pieces, times]) => pieces.join('').repeat(times));
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });

/** What of a content a message shows, generated. */
export const generatedContents = fc.record({
  title: maybe(textOf(5)),
  description: maybe(textOf(20)),
  body_text: maybe(textOf(60)),
  site_name: maybe(textOf(2)),
  tags: fc.array(textOf(2), { maxLength: 30 }),
  author: maybe(textOf(3).map((name) => ({ id: null, name, url: null, avatar_url: null }))),
  canonical_url: fc.webUrl({ withQueryParameters: true, withFragments: true }).map((url) => new URL(url).href),
});
