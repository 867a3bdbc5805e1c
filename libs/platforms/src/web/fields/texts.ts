import { httpUrl } from '../../clean/http-url.ts';
import { cleanHtmlLine, cleanLine } from '../../clean/text.ts';
import type { Facts } from './facts.ts';

const maxDescription = 20_000;

/** The description that the page declares; null leaves it to the beginning of the text. */
export function descriptionOf({ metas, ld }: Facts): string | null {
  return (
    metas.line(maxDescription, 'dc:description', 'dcterm:description', 'dcterms:description', 'dcterms:abstract') ??
    firstLine(maxDescription, ld.values(ld.article, 'description')) ??
    metas.line(
      maxDescription,
      'og:description',
      'twitter:description',
      'description',
      'weibo:article:description',
      'weibo:webpage:description',
    ) ??
    firstLine(maxDescription, ld.values(ld.main, 'description')) ??
    metas.line(maxDescription, 'sailthru:description', 'itemprop:description')
  );
}

/** Who publishes the page. */
export function siteNameOf({ metas, ld, document, url }: Facts): string | null {
  return (
    firstLine(200, ld.namesOf(ld.values(ld.article, 'publisher'))) ??
    metas.line(200, 'og:site_name') ??
    firstLine(200, ld.namesOf(ld.pick('publisher'))) ??
    firstLine(200, ld.values(ld.find(/^(?:NewsMediaOrganization|WebSite|Blog)$/), 'name')) ??
    metas.line(
      200,
      'application-name',
      'apple-mobile-web-app-title',
      'dc:publisher',
      'dcterms:publisher',
      'publisher',
      'citation_journal_title',
    ) ??
    suffixNaming(document.title, url)
  );
}

/** The part of `<title>` after a separator, where it spells the host: "A story | The Example Post" on examplepost.com. */
function suffixNaming(title: string, url: string): string | null {
  const parts = (cleanLine(title, 2_000) ?? '').split(/ [|\-–—•·»:] /);
  const labels =
    URL.parse(url)
      ?.hostname.replace(/^www\./, '')
      .split('.') ?? [];
  const named =
    parts.length < 2
      ? undefined
      : [parts.at(-1), parts[0]].find((part) => part !== undefined && labels.some((label) => spells(part, label)));
  return cleanLine(named, 200);
}

function spells(part: string, label: string): boolean {
  const letters = part.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
  return (
    letters.length >= 3 &&
    (letters === label.replaceAll('-', '') || letters.replace(/^the/, '') === label.replaceAll('-', ''))
  );
}

/** BCP 47; null when the page says nothing that is a language. */
export function languageOf({ document, metas, ld }: Facts): string | null {
  const html = document.documentElement;
  const candidates = [
    html?.getAttribute('lang'),
    html?.getAttribute('xml:lang'),
    metas.first('content-language', 'language', 'dc:language'),
    metas.first('og:locale'),
    ld.values(ld.main, 'inLanguage').find((value) => typeof value === 'string'),
    document.body?.getAttribute('lang'),
  ];
  for (const candidate of candidates) {
    const tag = languageTag(candidate);
    if (tag !== null) return tag;
  }
  return null;
}

function languageTag(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const text = ((value.split(/[,;]/, 1)[0] ?? '').trim().split(/[.@]/, 1)[0] ?? '').replaceAll('_', '-');
  if (!/^[a-z]{2,3}(?:-[a-z0-9]{2,8})*$/i.test(text) || text.length > 35) return null;
  try {
    return Intl.getCanonicalLocales(text)[0] ?? null;
  } catch {
    return null;
  }
}

/** Where the page says that its oEmbed is, as JSON. */
export function oembedOf({ document, base }: Facts): string | null {
  const link = document.querySelector('link[type="application/json+oembed" i][href]');
  return httpUrl(link?.getAttribute('href'), base);
}

/** What the page calls its one address. Several different ones contradict each other, and none counts (as search engines do). */
export function canonicalOf({ document, base, metas }: Facts): string | null {
  const links = new Set(
    [...document.querySelectorAll('link[rel~="canonical" i][href]')]
      .slice(0, 10)
      .map((link) => httpUrl(link.getAttribute('href'), base)),
  );
  if (links.size > 1) return null;
  const [link] = links;
  return link ?? httpUrl(metas.first('og:url'), base);
}

function firstLine(max: number, values: readonly unknown[]): string | null {
  for (const value of values) {
    const line = cleanHtmlLine(value, max);
    if (line !== null) return line;
  }
  return null;
}
