import { cleanLine } from '../../clean/text.ts';
import type { Facts } from './facts.ts';

const maxTitle = 2_000;
/** Headings that may be the title's own. */
const maxHeadings = 5;
/** Between a title and the name of its site. */
const separator = / [|\-–—•·»:] /g;
/** What dresses a part of a title. Anything else in angle brackets is spoken about. */
const dress = /<(b|i|u|em|strong|small|mark|sup|sub|span|font|a|p|code|tt)(?:\s[^<>]*)?>([^<>]*)<\/\1\s*>/gi;
const breaks = /<\/?(?:br|wbr|p)\s*\/?>/gi;

/** The title that the page declares, as it is: an article's headline, else the title for being shared; null leaves it to `<title>` and the headings. */
export function titleOf({ metas, ld }: Facts): string | null {
  return (
    firstTitle(metas.all('dc:title', 'dcterm:title', 'dcterms:title')) ??
    firstTitle(ld.values(ld.article, 'headline')) ??
    firstTitle(metas.all('og:title', 'twitter:title', 'weibo:article:title', 'weibo:webpage:title')) ??
    firstTitle([...ld.values(ld.main, 'headline'), ...ld.values(ld.main, 'name')]) ??
    firstTitle(metas.all('parsely:title', 'parsely-title', 'sailthru:title', 'title', 'itemprop:headline'))
  );
}

/** What a browser would show as the title, else the first heading. */
export function shownTitleOf(facts: Facts): string | null {
  const titles = [...facts.document.querySelectorAll('title')]
    .slice(0, 5)
    .filter((element) => element.closest('svg') === null);
  const title = firstTitle([...titles.map(({ textContent }) => textContent), ...headings(facts)]);
  return title === null ? null : withoutSite(title, facts);
}

/**
 * A title without the name of the site before or behind it, where a heading is just that: without such a witness a part of the title itself
 * might go.
 */
function withoutSite(title: string, facts: Facts): string {
  const others = headings(facts).map((value) => alike(titleLine(value) ?? ''));
  const witnesses = new Set(others.filter((text) => text !== ''));
  const cuts = [...title.matchAll(separator)];
  const [first, last] = [cuts[0], cuts.at(-1)];
  const parts = [title.slice(0, last?.index), first ? title.slice(first.index + first[0].length) : title];
  return parts.find((part) => part !== title && witnesses.has(alike(part))) ?? title;
}

function headings({ document }: Facts): (string | null)[] {
  return [...document.querySelectorAll('h1')].slice(0, maxHeadings).map(({ textContent }) => textContent);
}

/** One text as all typographers would have it: for comparison only. */
function alike(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** One line without the tags that dress it. `<dialog>` in a title about HTML is a word of it and stays. */
function titleLine(value: unknown): string | null {
  const line = cleanLine(value, maxTitle * 8);
  if (line === null || !line.includes('<')) return cleanLine(line, maxTitle);
  // Twice: an element within another one.
  const bare = line.replace(dress, '$2').replace(dress, '$2').replace(breaks, ' ');
  return cleanLine(bare, maxTitle);
}

function firstTitle(values: readonly unknown[]): string | null {
  for (const value of values) {
    const line = titleLine(value);
    if (line !== null) return line;
  }
  return null;
}
