import { describe, expect, it } from '@jest/globals';
import { showSamePage, type ShownPage } from './same-page.ts';

const page = (text: string | null, title: string | null = 'Title', media: string[] = []): ShownPage => ({
  title,
  text,
  media,
});
const words = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => `word${(from + index) * 7919}`).join(' ');
const article = words(0, 200);

describe('whether two readings show the same page', () => {
  it.each<[string, ShownPage, ShownPage, boolean]>([
    ['the same text', page(article), page(article), true],
    ['in other letters, with other marks', page('Ａ Ｂ, C! '.repeat(9)), page('a-b c '.repeat(9)), true],
    ['another title over the same text', page(article), page(article, 'Title | Site'), true],
    ['a paragraph more', page(article), page(`${article} ${words(900, 60)}`), true],
    ['other texts under one title', page(article), page(words(5_000, 200)), false],
    ['an excerpt', page(article), page(words(0, 40)), false],
    ['the same words in another order', page(article), page(article.split(' ').sort().reverse().join(' ')), false],
    ['text and none', page(article), page(null), false],
    [
      'a notice of the site, on two pages',
      page('Please allow cookies.', 'One'),
      page('Please allow cookies.', 'Two'),
      false,
    ],
    ['a short page', page('Back soon.'), page('back soon'), true],
    ['a title alone', page(null), page(null), false],
    ['nothing at all', page(null, null), page(null, null), false],
    ['the same title and pictures', page(null, 'a', ['x', 'y']), page(null, 'A', ['x', 'y', 'z']), true],
    ['the same title, other pictures', page(null, 'a', ['x', 'y']), page(null, 'a', ['x', 'z', 'w']), false],
    ['the same pictures, another title', page(null, 'a', ['x']), page(null, 'b', ['x']), false],
    [
      'Chinese',
      page('守塔人在礁石上种了四十年的番茄。'.repeat(3)),
      page('守塔人在礁石上种了四十年的番茄'.repeat(3)),
      true,
    ],
  ])('%s', (_, one, other, same) => {
    expect(showSamePage(one, other)).toBe(same);
    expect(showSamePage(other, one)).toBe(same);
  });

  it('takes the longest texts that are kept in a bounded time', () => {
    const long = Array.from({ length: 200_000 }, (_, index) =>
      String.fromCodePoint(0x4e00 + ((index * 7919) % 20_000)),
    );
    const [one, other, expanding] = [long.join(''), long.toReversed().join(''), '\ufdfa'.repeat(200_000)];
    const begun = performance.now();
    expect(showSamePage(page(one), page(other))).toBe(false);
    expect(showSamePage(page(one), page(expanding))).toBe(false);
    expect(performance.now() - begun).toBeLessThan(500);
  });
});
