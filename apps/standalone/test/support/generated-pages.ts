import fc, { type Arbitrary } from 'fast-check';

/** A page that nobody wrote. */
export interface GeneratedPage {
  index: number;
  /** Stands at the beginning of the title, so in each message that tells of the page, and nowhere else. */
  marker: string;
  title: string;
  description: string;
  author: string;
  paragraphs: string[];
  keywords: string[];
  /** Numbers of pictures, each once; the first is the cover. Several pages have the same ones. */
  pictures: number[];
}

/** Pictures that all pages share: so few that an upload is the exception, and a known file the rule. */
const gallery = 40;

const sentences = {
  plain: 'The ferry left at noon, and nobody on the quay remembered when the lamps had last been lit before dusk. ',
  rightToLeft:
    'הסירה יצאה בצהריים ואיש לא זכר מתי הודלקו הפנסים. غادرت العبّارة عند الظهر، ولم يتذكّر أحد متى أُضيئت المصابيح. ',
  emoji: '👨‍👩‍👧‍👦🇩🇪👍🏽🦊❤️‍🔥 e\u0301 नमस्ते 夜航渡轮🕯️🌊 ',
  markup:
    '<b>bold</b> & <a href="https://example.com/?a=1&b=2">a "link"</a> ](x) *_`~ &amp; <script>x</script> @everyone ',
  wordless: `${'a'.repeat(150)}${'𝔘'.repeat(50)} `,
} as const;

/** Junk of every plane, half pairs and control characters among it. */
const junk = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.constantFrom('\u202e', '\u2067', '\u200f', '\ud800', '\udc00', '\u0000', '\n\n\n', '\t', '</b>', '&lt', '"'),
);

/** One kind of text with some junk, repeated up to about so many characters. */
const textOf = (most: number): Arbitrary<string> =>
  fc
    .tuple(
      fc.constantFrom(...Object.values(sentences)),
      fc.array(junk, { maxLength: 4 }),
      fc.integer({ min: 1, max: most }),
    )
    .map(([sentence, pieces, length]) => {
      const piece = `${sentence}${pieces.join('')}`;
      return piece.repeat(Math.ceil(length / piece.length));
    });

const pages = fc.record({
  title: textOf(400),
  description: textOf(2_000),
  author: textOf(150),
  paragraphs: fc.array(textOf(2_500), { minLength: 1, maxLength: 4 }),
  keywords: fc.array(junk, { maxLength: 12 }),
  pictures: fc.oneof(
    { arbitrary: fc.constant(0), weight: 60 },
    { arbitrary: fc.constant(1), weight: 38 },
    { arbitrary: fc.constant(12), weight: 2 },
  ),
  first: fc.nat(gallery - 1),
});

/** So many pages, the same for the same seed. @param albums says of which there are two to twelve pictures */
export function generatePages(count: number, seed: number, albums: (index: number) => boolean): GeneratedPage[] {
  return fc.sample(pages, { numRuns: count, seed }).map(({ first, pictures, ...page }, index) => {
    const marker = `⟦${String(index).padStart(4, '0')}⟧`;
    const wanted = albums(index) ? 2 + (index % 11) : pictures;
    const numbers = Array.from({ length: wanted }, (_, at) => 1 + ((first + at) % gallery));
    return { ...page, index, marker, title: `${marker} ${page.title}`, pictures: numbers };
  });
}
