import { boundedCopy } from '../clean/bounded.ts';
import { cleanHtmlLine, cleanLine } from '../clean/text.ts';
import { readArticle } from './article.ts';
import { authorOf } from './fields/author.ts';
import { modifiedOf, publishedOf } from './fields/dates.ts';
import { kindOf, nsfwOf, statsOf, tagsOf } from './fields/kind.ts';
import { coverOf, soundsOf, videosOf } from './fields/media.ts';
import { canonicalOf, descriptionOf, languageOf, oembedOf, siteNameOf } from './fields/texts.ts';
import { shownTitleOf, titleOf } from './fields/titles.ts';
import type { Facts } from './fields/facts.ts';
import { JsonLd } from './json-ld.ts';
import { Metas } from './metas.ts';
import { openDocument } from './open-document.ts';
import type { ExtractedPage } from './page.ts';
import { shownMedia } from './shown-media.ts';

/**
 * Reads a page: first everything that it declares about itself (JSON-LD, OpenGraph, Twitter cards, Dublin Core, plain metas), then its
 * readable text, and fills what is missing from the latter. CPU work on hostile input without a bound of its own: run it in the child.
 */
export function extractPage(html: string, url: string): ExtractedPage {
  const { document, base } = openDocument(html, url);
  const facts: Facts = { document, base, url, metas: new Metas(document), ld: new JsonLd(document) };
  const declared = {
    contentType: kindOf(facts),
    title: titleOf(facts),
    description: descriptionOf(facts),
    author: authorOf(facts),
    siteName: siteNameOf(facts),
    language: languageOf(facts),
    publishedAt: publishedOf(facts),
    modifiedAt: modifiedOf(facts),
    tags: tagsOf(facts),
    nsfw: nsfwOf(facts),
    stats: statsOf(facts),
    canonicalUrl: canonicalOf(facts),
    oembedUrl: oembedOf(facts),
    cover: coverOf(facts),
    videos: videosOf(facts),
    audios: soundsOf(facts),
    raw: rawOf(facts),
  };
  const { cover } = declared;
  const fallbackTitle = shownTitleOf(facts);
  const article = readArticle(document, base);
  // A page without a text may be nothing but pictures. Read anew: the search for its article has destroyed the document.
  const shown = article.text === null ? shownMedia(openDocument(html, url)) : null;
  const byline = declared.author ? null : authorOf(facts, article.byline);
  return {
    ...declared,
    contentType: declared.contentType === 'page' && article.readable ? 'article' : declared.contentType,
    title: declared.title ?? cleanHtmlLine(article.title, 2_000) ?? fallbackTitle,
    description: declared.description ?? cleanLine(article.excerpt, 1_000),
    author: declared.author ?? byline,
    text: article.text,
    images: (shown ?? article).images.filter((image) => image.url !== cover?.url),
    videos: shown && declared.videos.length === 0 ? shown.videos : declared.videos,
    audios: shown && declared.audios.length === 0 ? shown.audios : declared.audios,
  };
}

/** What the page declared, bounded to about a quarter of a megabyte. */
function rawOf({ metas, ld, document }: Facts): ExtractedPage['raw'] {
  const links = [...document.querySelectorAll('link[rel="alternate" i][type][href]')].slice(0, 50).map((link) => ({
    type: link.getAttribute('type'),
    href: link.getAttribute('href'),
    title: link.getAttribute('title'),
  }));
  const copy = boundedCopy(
    { metas: metas.toJSON(), links, json_ld: ld.documents },
    { depth: 12, width: 200, text: 2_000, left: 3_000 },
  );
  return typeof copy === 'object' && copy !== null && !Array.isArray(copy) ? copy : {};
}
