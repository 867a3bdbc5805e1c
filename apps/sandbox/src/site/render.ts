import iconv from 'iconv-lite';
import type { Answer } from '../server/service.ts';
import type { Page } from './page.ts';

const escape = (text: string): string => text.replace(/[<>&"]/g, (character) => `&#${character.codePointAt(0)};`);
const meta = (name: string, content: string): string => {
  const attribute = /^(?:og|article):/.test(name) ? 'property' : 'name';
  return `<meta ${attribute}="${name}" content="${escape(content)}">`;
};
const pictureUrl = (page: Page, file: string): string => `https://${page.host}/pictures/${file}`;
const urlOf = (page: Page): string => `https://${page.host}${page.canonical ?? page.path}`;

/** A page as its site would send it, in its own encoding. */
export function renderPage(page: Page): Answer {
  const text = `<!doctype html>
<html lang="${page.language}">
<head>
<meta charset="${page.charset ?? 'utf-8'}">
<title>${escape(page.title)} | ${escape(page.site)}</title>
<link rel="canonical" href="${urlOf(page)}">
${facts[page.facts](page).join('\n')}
</head>
<body>
<nav><a href="/">${escape(page.site)}</a></nav>
<main><article>
<h1>${escape(page.title)}</h1>
<p class="byline">${escape(page.author)}, <time datetime="${page.published}">${page.published.slice(0, 10)}</time></p>
${body(page)}
</article></main>
<footer>&copy; ${escape(page.site)}</footer>
</body></html>
`;
  // The header of such a site says nothing about its encoding.
  const type = page.charset ? 'text/html' : 'text/html; charset=utf-8';
  return { status: 200, headers: { 'content-type': type }, body: iconv.encode(text, page.charset ?? 'utf-8') };
}

/** A site's front page: the list of its pages. */
export function renderIndex(site: string, pages: readonly Page[]): Answer {
  const items = pages.map((page) => `<li><a href="${page.path}">${escape(page.title)}</a></li>`).join('\n');
  const text = `<!doctype html><html lang="en"><title>${escape(site)}</title><h1>${escape(site)}</h1><ul>${items}</ul></html>`;
  return { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body: text };
}

/** Pictures stand between the paragraphs; those left over follow at the end. */
function body({ paragraphs, pictures }: Page): string {
  const rows = Math.max(paragraphs.length, pictures.length);
  return Array.from({ length: rows }, (_, row) => {
    const [paragraph, picture] = [paragraphs[row], pictures[row]];
    const [, width, height] = /-(\d+)x(\d+)\./.exec(picture?.file ?? '') ?? [];
    return [
      paragraph === undefined ? '' : `<p>${escape(paragraph)}</p>`,
      picture
        ? `<img src="/pictures/${picture.file}" alt="${escape(picture.alt)}" width="${width}" height="${height}">`
        : '',
    ].join('\n');
  }).join('\n');
}

const facts: Readonly<Record<Page['facts'], (page: Page) => string[]>> = {
  'json-ld': (page) => {
    const data = {
      '@context': 'https://schema.org',
      '@type': 'NewsArticle',
      headline: page.title,
      description: page.description,
      author: [{ '@type': 'Person', name: page.author }],
      publisher: { '@type': 'Organization', name: page.site },
      datePublished: page.published,
      keywords: page.tags,
      image: page.pictures.slice(0, 1).map(({ file }) => pictureUrl(page, file)),
      mainEntityOfPage: urlOf(page),
    };
    return [
      `<script type="application/ld+json">${JSON.stringify(data).replaceAll('<', '\\u003c')}</script>`,
      meta('og:site_name', page.site),
    ];
  },
  'open-graph': (page) => [
    meta('og:type', 'article'),
    meta('og:title', page.title),
    meta('og:description', page.description),
    meta('og:site_name', page.site),
    meta('og:url', urlOf(page)),
    ...page.pictures.slice(0, 1).map(({ file }) => meta('og:image', pictureUrl(page, file))),
    meta('article:author', page.author),
    meta('article:published_time', page.published),
    ...page.tags.map((tag) => meta('article:tag', tag)),
  ],
  meta: (page) => [
    meta('description', page.description),
    meta('author', page.author),
    meta('date', page.published),
    meta('keywords', page.tags.join(',')),
  ],
};
