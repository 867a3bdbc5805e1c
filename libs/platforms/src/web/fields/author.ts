import { httpUrl } from '../../clean/http-url.ts';
import { cleanName, joinNames } from '../../clean/names.ts';
import { field, isNode } from '../json-ld.ts';
import { ofTheText } from './of-the-text.ts';
import type { Facts } from './facts.ts';

type Author = { name: string; url: string | null };

const metaNames = [
  'author',
  'article:author_name',
  'parsely:author',
  'parsely-author',
  'sailthru:author',
  'dc:creator',
  'dcterm:creator',
  'dcterms:creator',
  'dc:creator.name',
  'authors',
  'byl',
  'byline',
  'rbauthors',
  'citation_author',
  'article:author',
  'og:article:author',
  'itemprop:author',
  'article:author:name',
];
/** Elements that hold the author of the text itself, best first. */
const visible = [
  '[itemprop~="author" i] [itemprop~="name" i]',
  '[itemprop~="author" i]',
  '[rel~="author" i]',
  '.author .fn',
  '.p-author',
  '.author-name',
  '.author__name',
  '.byline__author',
  '.byline-name',
  '.byline-author',
  '.post-author',
  '.entry-author',
  '.article-author',
  'a[href*="/author/" i]',
  'a[class*="author" i]',
  '.author',
  '.byline',
  '[class*="byline" i]',
];

/** Who made it: what the page declares, else what it shows, else `fallback` (a byline that Readability found), else a Twitter handle. */
export function authorOf(facts: Facts, fallback: string | null = null): Author | null {
  return (
    named(facts, ['dc:creator', 'dcterm:creator', 'dcterms:creator', 'dc:creator.name']) ??
    fromJsonLd(facts) ??
    named(facts, metaNames) ??
    shown(facts) ??
    plain(fallback) ??
    handle(facts)
  );
}

function fromJsonLd({ ld, base }: Facts): Author | null {
  for (const name of ['author', 'creator']) {
    const values = ld.pick(name);
    const joined = joinNames(ld.namesOf(values));
    if (joined === null) continue;
    const only = values.filter(isNode);
    const address = only.length === 1 && only[0] ? field(only[0], 'url') : null;
    return { name: joined, url: httpUrl(address, base) };
  }
  return null;
}

function named({ metas, base }: Facts, names: readonly string[]): Author | null {
  for (const name of names) {
    const joined = joinNames(metas.all(name));
    if (joined !== null) return { name: joined, url: profile(metas.all('article:author'), base) };
  }
  return null;
}

function profile(values: readonly string[], base: string): string | null {
  const addresses = values.filter((value) => /^https?:/i.test(value));
  return addresses.length === 1 ? httpUrl(addresses[0], base) : null;
}

function shown({ document, base }: Facts): Author | null {
  for (const selector of visible) {
    for (const element of ofTheText(document, selector, 3)) {
      const name = cleanName(element.getAttribute('content') ?? element.textContent?.slice(0, 400), 100);
      if (name !== null) return { name, url: httpUrl(element.getAttribute('href'), base) };
    }
  }
  return null;
}

function plain(byline: string | null): Author | null {
  const name = cleanName(byline);
  return name === null ? null : { name, url: null };
}

function handle({ metas }: Facts): Author | null {
  return plain(metas.first('twitter:creator'));
}
