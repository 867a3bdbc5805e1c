/**
 * Pages as sites make them, written for this bench: what somebody came for is a small part of what is sent. Sizes as those of 57 public pages
 * (Readability's, metascraper's and GeneralNewsExtractor's collections): a quarter below 13 KB, half below 88 KB, three quarters below 195 KB.
 */
const texts = {
  en: 'The harbour was quiet, the ferries lay at their moorings, and nobody on the quay remembered when the lamps had last been lit before noon.',
  de: 'Im Hafen war es still, die Fähren lagen an der Mole, und niemand am Kai wusste noch, wann die Laternen zuletzt vor dem Mittag gebrannt hatten.',
  zh: '港口很安静，渡船停在码头边，岸上没有人记得上一次在中午之前点亮路灯是什么时候。守灯人每天傍晚沿着堤岸走一圈，把每一盏灯擦干净。',
} as const;

interface Shape {
  language: keyof typeof texts;
  paragraphs: number;
  /** Entries of the site's navigation, each with nested links. */
  links: number;
  /** Teasers and comments around the text. */
  asides: number;
  /** Kilobytes of scripts and styles in the page. */
  code: number;
}

const shapes: readonly Shape[] = [
  { language: 'en', paragraphs: 6, links: 8, asides: 0, code: 1 },
  { language: 'de', paragraphs: 12, links: 20, asides: 5, code: 2 },
  { language: 'en', paragraphs: 25, links: 120, asides: 40, code: 30 },
  { language: 'zh', paragraphs: 30, links: 150, asides: 60, code: 20 },
  { language: 'en', paragraphs: 40, links: 250, asides: 120, code: 60 },
  { language: 'de', paragraphs: 20, links: 200, asides: 300, code: 40 },
  { language: 'en', paragraphs: 120, links: 300, asides: 150, code: 90 },
  { language: 'zh', paragraphs: 60, links: 400, asides: 400, code: 50 },
];

/** One of each shape. */
export function ownPages(): string[] {
  return shapes.map((shape, index) => pageOf(shape, `Lamps at noon, part ${index + 1}`, ''));
}

/** A page of middle size that shows these pictures in its text. */
export function galleryPage(title: string, pictures: readonly string[]): string {
  const shown = pictures
    .map((url) => `<figure><img src="${url}" width="1600" height="1200" alt="the harbour"></figure>`)
    .join('\n');
  return pageOf({ language: 'en', paragraphs: 12, links: 20, asides: 5, code: 2 }, title, shown);
}

const repeat = (times: number, make: (index: number) => string): string =>
  Array.from({ length: times }, (_, index) => make(index)).join('\n');

function pageOf({ language, paragraphs, links, asides, code }: Shape, title: string, pictures: string): string {
  const text = texts[language];
  const ld = {
    '@context': 'https://schema.org',
    '@type': 'NewsArticle',
    headline: title,
    datePublished: '2026-01-02T03:04:05Z',
    author: { '@type': 'Person', name: 'Ada Example' },
  };
  return `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><title>${title} | Harbour News</title>
<meta property="og:title" content="${title}"><meta property="og:site_name" content="Harbour News">
<meta property="og:description" content="${text}"><meta name="keywords" content="harbour, lamps">
<script type="application/ld+json">${JSON.stringify(ld)}</script>
<style>${repeat(code * 8, (n) => `.c${n} > .d${n}:hover { margin: ${n}px auto; color: #${100 + n} }`)}</style>
<script>${repeat(code * 8, (n) => `window.q${n} = function (a, b) { return a < b ? "</p>" : b + ${n} };`).replaceAll('</', String.raw`<\/`)}</script>
</head><body class="page"><header><nav><ul>${repeat(
    links,
    (n) =>
      `<li class="item item-${n}"><a href="/section/${n}?from=nav" title="Section ${n}"><span>Section ${n}</span></a></li>`,
  )}</ul></nav></header>
<main><article itemscope><h1>${title}</h1><p class="byline">By <a rel="author" href="/ada">Ada Example</a></p>
${repeat(paragraphs, (n) => `<p>${n}. ${text} <a href="/more/${n}">${text.slice(0, 20)}</a>, <em>${text.slice(0, 40)}</em> ${text}</p>`)}
${pictures}</article></main>
<aside>${repeat(
    asides,
    (n) =>
      `<div class="teaser comment-${n}"><a href="/teaser/${n}"><img src="/t/${n}.gif" width="80" height="60" alt=""><h4>${text.slice(0, 30)} ${n}</h4></a><p>${text.slice(0, 90)}</p><time datetime="2026-01-02">2 January</time></div>`,
  )}</aside><footer>${repeat(Math.ceil(links / 4), (n) => `<a href="/footer/${n}">Link ${n}</a>`)}</footer></body></html>`;
}
