import { describe, expect, it } from '@jest/globals';
import { extractPage } from './extract-page.ts';

const url = 'https://www.example.com/a/b';
const read = (head: string, body = '') => extractPage(`<html><head>${head}</head><body>${body}</body></html>`, url);
const ld = (value: unknown) =>
  `<script type="application/ld+json">${typeof value === 'string' ? value : JSON.stringify(value)}</script>`;
const long =
  '<p>This sentence stands here so that the paragraph is long enough, and says nothing, at some length, with commas.</p>'.repeat(
    6,
  );

describe('what a page declares', () => {
  it.each([
    ['an object', { '@type': 'NewsArticle', headline: 'T', author: { name: 'Ann' } }],
    ['an array', [{ '@type': 'Organization' }, { '@type': 'NewsArticle', headline: 'T', author: ['Ann'] }]],
    [
      'a graph',
      {
        '@graph': [
          { '@type': 'WebPage', name: 'W' },
          { '@type': ['BlogPosting'], headline: 'T', author: { '@id': '#a' } },
          { '@id': '#a', '@type': 'Person', name: 'Ann' },
        ],
      },
    ],
    ['a nested work', { '@type': 'WebPage', mainEntity: { '@type': 'Article', headline: 'T', author: 'By Ann' } }],
    ['a vocabulary prefix', { '@type': 'https://schema.org/Article', 'schema:headline': 'T', author: 'Ann' }],
    [
      'comments and raw line breaks',
      '<!--\n{"@type":"Article","headline":"T","author":"Ann","description":"a\nb",}\n-->',
    ],
  ])('JSON-LD as %s', (_, value) => {
    expect(read(ld(value))).toMatchObject({ title: 'T', author: { name: 'Ann' }, contentType: 'article' });
  });

  it('a broken script does not hide the others', () => {
    expect(read(`${ld('{"@type": Article}')}${ld({ '@type': 'Article', headline: 'T' })}`).title).toBe('T');
  });

  it.each([
    ['<meta property="og:title" content="A &amp;#8211; B"><title>x</title>', 'A – B'],
    ['<meta name="twitter:title" content="Tw">', 'Tw'],
    ['<meta name="DC.Title" content="Dublin">', 'Dublin'],
    ['<meta property="dc:title og:title" content="Both">', 'Both'],
    ['<meta property="og:title" content=" "><title> Plain  title </title>', 'Plain title'],
    ['<meta name="parsely-title" content="Parsely">', 'Parsely'],
  ])('the title of %s', (head, title) => {
    expect(read(head).title).toBe(title);
  });

  it('the first heading when there is no title, never the title of a drawing', () => {
    expect(read('', '<svg><title>Logo</title></svg><h1>Heading</h1>').title).toBe('Heading');
  });

  it.each([
    ['<meta name="author" content="By Ann Example">', '', 'Ann Example'],
    ['<meta name="author" content="https://example.com/ann"><meta name="sailthru.author" content="Ann">', '', 'Ann'],
    ['<meta name="citation_author" content="Ann"><meta name="citation_author" content="Bob">', '', 'Ann, Bob'],
    ['', '<span itemprop="author"><span itemprop="name">Ann</span>, editor</span>', 'Ann'],
    ['', '<a rel="author" href="/ann">Ann</a>', 'Ann'],
    ['', `<div class="byline">By Ann • 14 March 2026</div>${long}`, 'Ann'],
    ['', '<div class="comments"><span class="author">Troll</span></div>', undefined],
    ['<meta name="twitter:creator" content="@ann">', '', 'ann'],
  ])('the author of %s%s', (head, body, name) => {
    expect(read(head, body).author?.name).toBe(name);
  });

  it.each([
    [
      '<meta property="article:published_time" content="2026-03-14"><meta name="parsely-pub-date" content="2026-03-14T09:26:53+01:00">',
      '',
      '2026-03-14T08:26:53.000Z',
    ],
    [
      '<meta property="article:published_time" content="2026-03-14"><meta name="date" content="2027-01-01T00:00:00Z">',
      '',
      '2026-03-14T00:00:00.000Z',
    ],
    [
      '',
      '<article><header><time datetime="2026-03-14 09:26">today</time></header></article>',
      '2026-03-14T09:26:00.000Z',
    ],
    ['', '<p class="date">March 14, 2026</p>', '2026-03-14T00:00:00.000Z'],
    ['', '<div id="comments"><time datetime="2026-03-14">x</time></div>', null],
    ['<meta name="date" content="soon">', '', null],
  ])('the date of %s%s', (head, body, date) => {
    expect(read(head, body).publishedAt).toBe(date);
  });

  it.each([
    ['<html lang="pt_br">', 'pt-BR'],
    ['<html><meta property="og:locale" content="en_US">', 'en-US'],
    ['<html lang="not a language"><meta http-equiv="content-language" content="de, en">', 'de'],
    ['<html lang="">', null],
  ])('the language of %s', (html, language) => {
    expect(extractPage(`${html}<body>x</body></html>`, url).language).toBe(language);
  });

  it.each([
    ['<meta property="og:site_name" content="The Post">', 'The Post'],
    [ld({ '@type': 'Article', publisher: { name: 'The Post' } }), 'The Post'],
    ['<title>A story | Example</title>', 'Example'],
    ['<title>A story - by somebody</title>', null],
  ])('the site of %s', (head, name) => {
    expect(read(head).siteName).toBe(name);
  });

  it.each([
    [
      '<meta property="og:type" content="video.other"><meta property="og:video" content="/v.mp4">',
      'video',
      ['https://www.example.com/v.mp4'],
    ],
    ['<meta property="og:video" content="https://player.example.com/embed/1">', 'page', []],
    [
      '<meta property="og:video:type" content="video/mp4"><meta property="og:video" content="/stream?id=1">',
      'page',
      ['https://www.example.com/stream?id=1'],
    ],
  ])('the videos of %s', (head, contentType, videos) => {
    const page = read(head);
    expect([page.contentType, page.videos.map((video) => video.url)]).toEqual([contentType, videos]);
  });

  it('keywords, once each, without the flags that some sites keep there', () => {
    expect(read('<meta name="keywords" content="Sea, sea，Gardens; #coast, Tag:Beans, LayerCake:0, ">').tags).toEqual([
      'Sea',
      'Gardens',
      'coast',
      'Beans',
    ]);
  });

  it('several canonical links contradict each other', () => {
    const link = (href: string) => `<link rel="canonical" href="${href}">`;
    expect(read(link('/a')).canonicalUrl).toBe('https://www.example.com/a');
    expect(read(link('/a') + link('/b')).canonicalUrl).toBeNull();
    expect(read('<meta property="og:url" content="/c">').canonicalUrl).toBe('https://www.example.com/c');
    expect(read(link('javascript:alert(1)')).canonicalUrl).toBeNull();
  });

  it('an adult rating', () => {
    expect(read('<meta name="rating" content="RTA-5042-1996-1400-1577-RTA">').nsfw).toBe(true);
    expect(read('<meta name="rating" content="general">').nsfw).toBe(false);
  });
});

describe('the pictures of a page', () => {
  const images = (html: string, head = '') =>
    read(head, `<article>${long}${html}${long}</article>`).images.map((image) => image.url);

  it.each([
    ['<img data-original="/o.jpg" data-src="/l.jpg" src="/s.gif">', 'https://www.example.com/o.jpg'],
    ['<img data-lazy-src="/l.jpg" src="data:image/gif;base64,AAAA">', 'https://www.example.com/l.jpg'],
    ['<img src="/placeholder.png"><noscript><img src="/real.jpg"></noscript>', 'https://www.example.com/real.jpg'],
    [
      '<picture><source srcset="/w.webp 1x, /w2.webp 2x"><img src="/w.jpg"></picture>',
      'https://www.example.com/w2.webp',
    ],
    ['<img src="//cdn.example.net/p.jpg">', 'https://cdn.example.net/p.jpg'],
  ])('%s', (html, expected) => {
    expect(images(html)).toEqual([expected]);
  });

  it.each([
    '<img src="/a.svg">',
    '<img src="/a.jpg" width="1" height="1">',
    '<img src="/a.jpg" width="40" height="40">',
    '<img class="emoji" src="/a.png">',
    '<img src="javascript:x">',
    '<img src="https://ad.doubleclick.net/x.gif">',
    '<img>',
  ])('none of %s', (html) => expect(images(html)).toEqual([]));

  it('count against the base of the page', () => {
    expect(images('<img src="c.jpg">', '<base href="https://static.example.net/x/">')).toEqual([
      'https://static.example.net/x/c.jpg',
    ]);
    expect(images('<img src="c.jpg">', '<base href="javascript:1">')).toEqual(['https://www.example.com/a/c.jpg']);
  });
});

describe('the text of a page', () => {
  it('keeps paragraphs, lists, line breaks and code, and leaves scripts and navigation out', () => {
    const body = `<nav>Home</nav><article>${long}<ul><li>One</li><li>Two <b>bold</b></li></ul><p>a<br>b</p><pre>if (x) {\n  y\n}</pre><script>evil()</script>${long}</article>`;
    const text = read('', body).text ?? '';
    expect(text).toContain('\n\nOne\nTwo bold\n\na\nb\n\nif (x) {\n  y\n}\n\n');
    expect(text).not.toMatch(/evil|Home/);
  });

  it('is null where there is none', () => {
    expect(read('<title>x</title>').text).toBeNull();
  });
});
