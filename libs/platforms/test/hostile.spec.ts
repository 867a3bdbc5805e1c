import { describe, expect, it } from '@jest/globals';
import { InvalidInput } from '@vaultstream/contracts';
import { decodeText, redactText } from '@vaultstream/runtime';
import { assertLinear } from '@vaultstream/testing';
import { cleanCount } from '../src/clean/counts.ts';
import { parseDate } from '../src/clean/dates.ts';
import { htmlText } from '../src/clean/html-text.ts';
import { httpUrl } from '../src/clean/http-url.ts';
import { parseJson } from '../src/clean/json.ts';
import { cleanName } from '../src/clean/names.ts';
import { scriptData } from '../src/clean/script-data.ts';
import { cleanHtmlLine, cleanLine, cleanParagraphs } from '../src/clean/text.ts';
import { looksLikeFeed } from '../src/feed/feed-text.ts';
import { picturesIn, plainText } from '../src/github/markdown.ts';
import { feedAddress } from '../src/feed/feed-url.ts';
import { identify, identifyUrl } from '../src/registry.ts';
import { marksOf } from '../src/telegram/marks.ts';
import { findUrlText } from '../src/url/find-url.ts';
import { textShapes, urlShapes } from './hostile-shapes.ts';

/** What a site may send us, and what a caller may write: characters. */
const [maxText, maxTyped] = [5 * 1024 * 1024, 8_192];
/** Milliseconds of the main thread. */
const maxMs = 250;

/** A refusal is an answer as well. */
const tolerant =
  (parse: (text: string) => unknown) =>
  (text: string): void => {
    try {
      parse(text);
    } catch (error) {
      if (!(error instanceof Error) || !['InvalidInput', 'BadPayload', 'Refused'].includes(error.name)) throw error;
    }
  };

const parsers: Readonly<Record<string, (text: string) => unknown>> = {
  cleanLine: (text) => cleanLine(text, 2_000),
  cleanParagraphs: (text) => cleanParagraphs(text, 100_000),
  cleanHtmlLine: (text) => cleanHtmlLine(text, 2_000),
  cleanName: (text) => cleanName(text),
  cleanCount: (text) => cleanCount(text),
  parseDate: (text) => parseDate(text),
  httpUrl: (text) => httpUrl(text, 'https://www.example.com/'),
  htmlText: (text) => htmlText(text),
  marksOf: (text) => marksOf(text),
  parseJson: (text) => parseJson(Buffer.from(text)),
  scriptData: (text) => scriptData(text, 'window.state='),
  decodeText: (text) => decodeText({ body: Buffer.from(text), headers: { 'content-type': 'text/html' } }),
  looksLikeFeed: (text) => looksLikeFeed(text),
  plainText: (text) => plainText(text, 100_000),
  picturesIn: (text) => picturesIn(text, 'https://github.com/a/b/'),
  findUrlText: (text) => findUrlText(text),
};

describe('the thread that answers everybody', () => {
  describe.each(Object.entries(parsers))('%s', (_name, parse) => {
    it.each(textShapes)('is linear in 5 MB: %s', (_shape, shape) => {
      assertLinear(tolerant(parse), shape, maxText, { maxMs });
    });
  });

  // A batch may hold some hundred of them.
  const hundred = (parse: (text: string) => unknown) => (text: string) => {
    for (let count = 0; count < 100; count++) tolerant(parse)(text);
  };

  it.each(urlShapes)('M1: identifies a hundred addresses of 8 KB: %s', (_shape, shape) => {
    assertLinear(hundred(identify), shape, maxTyped, { maxMs });
    assertLinear(hundred(feedAddress), shape, maxTyped, { maxMs });
  });

  it.each(urlShapes)('M1: identifies a hundred addresses as long as a platform may see: %s', (_shape, shape) => {
    assertLinear(hundred(identify), shape, 2_040, { maxMs });
  });

  it('redacts a hundred addresses', () => {
    for (const [, shape] of urlShapes) assertLinear(hundred(redactText), shape, maxTyped, { maxMs });
  });

  it('M1: refuses an address above 2,048 characters before a platform sees it, and says so', () => {
    const long = `https://www.bilibili.com/video/${'/'.repeat(2_000)}BV17x411w7KC?p=${'1'.repeat(20)}`;
    for (const refused of [() => identify(`see ${long}.`), () => identifyUrl(new URL(long))]) {
      expect(refused).toThrow(InvalidInput);
      expect(refused).toThrow(/longer than 2048 characters/);
    }
    expect(identify(`https://www.example.com/${'a'.repeat(2_024)}`).url).toHaveLength(2_048);
  });
});
