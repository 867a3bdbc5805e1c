import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, describe, expect, it } from '@jest/globals';
import { FetchFailure, GuardedHttp } from '@vaultstream/runtime';
import iconv from 'iconv-lite';
import { directReader } from '../feed/direct-reader.ts';
import type { PlatformCases } from '../compliance-cases.ts';
import { complianceChecks } from '../compliance.ts';
import { RecordedHttp, type Recording } from '../fake-http.ts';
import type { HttpRequest, PlatformHttp } from '../platform.ts';
import { identify } from '../registry.ts';
import { createExtractor } from './extractor.ts';
import { web } from './web.ts';

const extractor = createExtractor();
afterAll(() => extractor.close());
const extract = (html: string, url: string) => extractor.extract(html, url);
const fixture = (name: string) => readFileSync(new URL(`./fixtures/${name}`, import.meta.url), 'utf8');
const log = { debug: () => undefined, warn: () => undefined };

function parse(http: PlatformHttp, sourceUrl: string) {
  const context = {
    http,
    settings: web.settings.parse({}),
    signal: new AbortController().signal,
    log,
    extract,
    readFeed: directReader.readFeed,
  };
  return web.parse({ canonical: identify(sourceUrl), sourceUrl }, context);
}

function read(recording: Omit<Recording, 'url'>, url = 'https://example.com/some/page') {
  return parse(new RecordedHttp([{ url, ...recording }]), url);
}

describe('web keeps the promises of a platform', () => {
  const recordings = [{ url: web.example, body: fixture('article.html') }];
  const urls = [
    'http://example.com:80/?b=1&a=2#x',
    'https://BÜCHER.example/%7e?utm_source=x',
    'https://example.com/#!/a',
  ];
  const given = (recording: Omit<Recording, 'url'>, url = 'https://example.com/some/page') => ({
    share: url,
    answers: [{ url, ...recording }],
  });
  const cases: PlatformCases = {
    normal: { share: web.example, answers: recordings },
    pictures: { share: web.example, answers: recordings },
    video: given({ body: '<title>x</title><meta property="og:type" content="video.other">' }),
    noMedia: given({ body: fixture('bare.html') }),
    deleted: given({ status: 410 }),
    loginNeeded: given({ body: '<title>Sign in</title>', finalUrl: 'https://example.com/login?next=/some/page' }),
    riskControl: given({ status: 403, body: '<title>Just a moment...</title>' }),
    serverError: given({ status: 502 }),
    timeout: given({ timeout: true }),
    malformed: given({ body: '' }),
    shortLink: given({ body: '<title>x</title>', finalUrl: 'https://www.example.org/long' }, 'https://sho.example/1'),
  };
  for (const { name, run } of complianceChecks({ platform: web, recordings, urls, extract, cases })) it(name, run);
});

describe('web reads a page', () => {
  it('S7: takes everything from the page and fetches nothing else', async () => {
    const http = new RecordedHttp([{ url: web.example, body: fixture('article.html') }]);
    const { raw_metadata, body_text, ...content } = await parse(http, `${web.example}?utm_source=feed`);
    expect(http.asked).toEqual([web.example]);
    expect(content).toEqual({
      platform_id: web.example,
      content_type: 'article',
      canonical_url: undefined,
      title: 'The lighthouse keeper’s garden',
      description: 'Salt, wind & forty years of tomatoes.',
      author: { id: null, name: 'Mara Quill', url: 'https://journal.example.com/people/mara-quill', avatar_url: null },
      site_name: 'The Example Journal',
      language: 'en-GB',
      published_at: new Date('2026-03-14T08:26:53Z'),
      tags: ['Gardens', 'lighthouses', 'coast'],
      is_nsfw: false,
      stats: { like: 340, comment: 12 },
      media: [
        { kind: 'image', role: 'cover', url: 'https://images.example.com/garden/cover.jpg', width: 1600, height: 900 },
        { kind: 'image', role: 'content', url: 'https://journal.example.com/2026/03/beds.jpg' },
        { kind: 'image', role: 'content', url: 'https://journal.example.com/2026/03/wall-1600.jpg' },
      ],
      parser_version: web.parserVersion,
    });
    const paragraphs = body_text?.split('\n\n') ?? [];
    expect(paragraphs[0]).toMatch(
      /^Nobody plants tomatoes on a rock in the sea, and nobody told Osric Tamblyn so when he came .* and not a day longer\.$/,
    );
    expect(paragraphs).toContain('The raised beds, seen from the lamp room.');
    expect(paragraphs.at(-1)).toMatch(/^Asked for his secret/);
    expect(raw_metadata).toMatchObject({
      modified_at: '2026-03-15T08:00:00.000Z',
      metas: { 'og:type': 'article' },
      links: [{ type: 'application/rss+xml' }, { type: 'application/json+oembed' }],
    });
  });

  it('knows a bare page by its address and its text', async () => {
    const content = await read({ body: fixture('bare.html') });
    expect(content).toMatchObject({
      content_type: 'page',
      title: 'example.com/some/page',
      author: null,
      published_at: null,
      media: [],
    });
    expect(content.body_text).toBe(
      'Just text, no head, no body: a page as people wrote them.\n\nIt has a second paragraph.',
    );
  });

  it.each([
    ['no bytes', { body: '', mime: null }],
    ['an empty page', { body: '<html></html>' }],
    ['white space', { body: ' \n\t ' }],
    [
      'a shell for scripts',
      { body: '<meta name="viewport" content="x"><script src="a.js"></script><div id="root"></div>' },
    ],
    ['a forwarding page', { body: '<meta http-equiv="refresh" content="0; url=/elsewhere">' }],
    ['a counter', { body: '<img src="a.png" width="1" height="1">' }],
    ['another page in a frame', { body: '<iframe src="https://other.example.com/"></iframe>' }],
    [
      'a language and an address',
      { body: '<html lang="en"><link rel="canonical" href="https://example.com/b"></html>' },
    ],
    ['an empty text', { body: ' \n', mime: 'text/plain' }],
    ['a byte order mark', { body: Buffer.from([0xef, 0xbb, 0xbf]), mime: 'text/plain' }],
    ['a few unknown bytes', { body: Buffer.from([0, 1, 2, 3]), mime: null }],
    [
      'a few unknown bytes that say they are a stream',
      { body: Buffer.from([0, 1, 2, 3]), mime: null, headers: { 'content-type': 'application/octet-stream' } },
    ],
    [
      'bytes that say they are a page',
      { body: Buffer.alloc(4_096), mime: null, headers: { 'content-type': 'text/html' } },
    ],
    ['bytes of no encoding', { body: Buffer.from([0xde, 0xad, 0xbe, 0xef]), mime: 'text/plain', headers: {} }],
  ])('nothing to keep is no success: %s', async (_, recording) => {
    await expect(read(recording)).rejects.toMatchObject({
      name: 'BadPayload',
      message: expect.stringMatching(/^example\.com (?:sent|answered) /),
    });
  });

  it.each([
    ['a title', '<title>Only a title</title>', { title: 'Only a title', media: [] }],
    ['a heading', '<h1>Only a heading</h1>', { title: 'Only a heading' }],
    ['a word', '<body>Hello</body>', { title: 'example.com/some/page', body_text: 'Hello' }],
    ['a description', '<meta name="description" content="About it">', { description: 'About it' }],
    ['an author', '<meta name="author" content="Ann Example">', { author: { name: 'Ann Example' } }],
    ['a cover', '<meta property="og:image" content="/a.jpg">', { media: [{ role: 'cover', kind: 'image' }] }],
    [
      'pictures',
      '<div><a href="/1.jpg"><img src="/1s.jpg"></a><img src="/2.jpg" width="800" height="600"><img src="/dot.gif" width="1"></div>',
      {
        title: 'example.com/some/page',
        media: [
          { kind: 'image', role: 'content', url: 'https://example.com/1.jpg' },
          { kind: 'image', role: 'content', url: 'https://example.com/2.jpg' },
        ],
      },
    ],
    [
      'a film',
      '<video controls poster="/p.jpg"><source src="/a.webm" type="video/webm"><source src="/a.mp4"></video>',
      { media: [{ kind: 'video', role: 'content', url: 'https://example.com/a.webm' }] },
    ],
    ['a sound', '<audio src="/a.mp3"></audio>', { media: [{ kind: 'audio', url: 'https://example.com/a.mp3' }] }],
  ])('a page of nothing but %s is one', async (_, body, expected) => {
    expect(await read({ body })).toMatchObject(expected);
  });

  it('learns the address behind a short link', async () => {
    const content = await read(
      { body: '<title>x</title>', finalUrl: 'https://www.example.org/long?b=1&a=2' },
      'https://sho.example/1',
    );
    expect(content).toMatchObject({
      platform_id: 'https://www.example.org/long?a=2&b=1',
      canonical_url: 'https://www.example.org/long?a=2&b=1',
    });
  });

  it.each(['gb18030', 'shift_jis', 'euc-kr', 'windows-1251'])(
    'S17: reads %s, declared by the page or by the header',
    async (charset) => {
      const titles: Record<string, string> = {
        gb18030: '灯塔看守人的花园',
        shift_jis: '灯台守の庭',
        'euc-kr': '등대지기의 정원',
        'windows-1251': 'Сад смотрителя маяка',
      };
      const title = titles[charset] ?? '';
      const html = `<html><head><meta charset="${charset}"><title>${title}</title></head><body><p>${title}。</p></body></html>`;
      const byPage = await read({ body: iconv.encode(html, charset), headers: { 'content-type': 'text/html' } });
      const byHeader = await read({
        body: iconv.encode(html.replace(/<meta[^>]*>/, ''), charset),
        headers: { 'content-type': `text/html; charset=${charset}` },
      });
      for (const content of [byPage, byHeader]) {
        expect(content.title).toBe(title);
        expect(content.body_text).toContain(title);
      }
    },
  );
});

describe('web reads what is no page', () => {
  it.each(['image/jpeg', 'image/svg+xml'])('S16: a picture is itself (%s), whatever the header says', async (mime) => {
    const content = await read(
      { body: 'x', mime, headers: { 'content-type': 'text/html' } },
      'https://example.com/a/b%20c.jpg',
    );
    expect(content).toMatchObject({
      content_type: 'image',
      title: 'b c.jpg',
      body_text: null,
      media: [{ kind: 'image', role: 'content', url: 'https://example.com/a/b%20c.jpg' }],
    });
  });

  it.each([
    ['application/pdf', 'file', { 'content-disposition': 'attachment; filename="report.pdf"' }, 'report.pdf'],
    [
      'application/pdf',
      'file',
      { 'content-disposition': "attachment; filename=a; filename*=UTF-8''%E6%8A%A5%E5%91%8A.pdf" },
      '报告.pdf',
    ],
    ['video/mp4', 'video', {}, 'page'],
    [null, 'file', {}, 'page'],
    [null, 'file', { 'content-type': 'application/octet-stream' }, 'page'],
  ])('%s is a file', async (mime, kind, headers, title) => {
    expect(await read({ body: Buffer.alloc(4_096), mime, headers })).toMatchObject({
      content_type: 'file',
      title,
      media: [{ kind, url: 'https://example.com/some/page' }],
    });
  });

  it.each([
    ['https://example.com/some/key.bin', {}, 'key.bin'],
    ['https://example.com/get?id=1', { 'content-disposition': 'attachment; filename="seed"' }, 'seed'],
  ])('%s is a file, however short, because it is named', async (url, headers, title) => {
    const recording = { body: Buffer.from([0, 1, 2, 3]), mime: null, headers };
    expect(await read(recording, url)).toMatchObject({ content_type: 'file', title, media: [{ kind: 'file', url }] });
  });

  it.each([
    ['ok', Buffer.from('ok')],
    ['Ça va', Buffer.from('Ça va', 'latin1')],
    ['灯塔', Buffer.from('灯塔')],
  ])('a short text is a text: %s', async (text, body) => {
    expect(await read({ body, mime: 'text/plain', headers: {} })).toMatchObject({
      content_type: 'text',
      body_text: text,
    });
  });

  it('a short text in an encoding that is told is a text', async () => {
    const recording = { body: iconv.encode('灯塔', 'gb18030'), mime: 'text/plain' };
    const headers = { 'content-type': 'text/plain; charset=gb18030' };
    expect(await read({ ...recording, headers })).toMatchObject({ body_text: '灯塔' });
  });

  it.each(['application/json', 'text/plain', 'application/rss+xml', 'application/xml'])(
    '%s is a text',
    async (mime) => {
      const content = await read({ body: '{"a": 1}\n\n\n\nx\0', mime });
      expect(content).toMatchObject({ content_type: 'text', title: 'page', body_text: '{"a": 1}\n\nx', media: [] });
    },
  );
});

describe('web meets obstacles', () => {
  it.each([
    ['RateLimited', { status: 403, body: '<title>Just a moment...</title>' }],
    ['RateLimited', { status: 200, body: '<html><title lang="en">\n Just a moment...</title>' }],
    ['RateLimited', { status: 503, body: '<script src="/cdn-cgi/challenge-platform/x.js"></script>' }],
    ['RateLimited', { status: 403, headers: { 'cf-mitigated': 'challenge' } }],
    ['RateLimited', { status: 200, body: '<title>百度安全验证</title>' }],
    ['AccessDenied', { status: 200, body: '<title>Access Denied</title>' }],
    ['AccessDenied', { status: 403, body: '<title>Forbidden</title>' }],
    [
      'AccessDenied',
      { status: 200, body: '<title>Welcome</title>', finalUrl: 'https://example.com/account/login?next=/some/page' },
    ],
  ])('%s for %j', async (name, recording) => {
    await expect(read(recording)).rejects.toMatchObject({ name });
  });

  it('reads an article about such titles', async () => {
    const content = await read({ body: '<title>Access controls explained: why forbidden is not denied</title>' });
    expect(content.title).toBe('Access controls explained: why forbidden is not denied');
  });
});

describe('https and http', () => {
  const answer = { url: 'http://old.example.com/a', body: '<title>Old</title>' };
  const plainOnly = (error: Error) => {
    const http = new RecordedHttp([answer]);
    return {
      asked: http.asked,
      fetch: (request: HttpRequest) => (request.url.startsWith('https') ? Promise.reject(error) : http.fetch(request)),
    };
  };

  it.each(['http://old.example.com/a', 'old.example.com/a'])(
    '%s is read over http when https cannot be connected, and stays one content',
    async (shared) => {
      const content = await parse(plainOnly(new FetchFailure('no TLS', false)), shared);
      expect(content).toMatchObject({
        title: 'Old',
        platform_id: 'https://old.example.com/a',
        canonical_url: undefined,
      });
    },
  );

  it.each([
    ['https://old.example.com/a', false],
    ['http://old.example.com/a', true],
  ])('never downgrades %s after sent=%s', async (shared, sent) => {
    const http = plainOnly(new FetchFailure('reset', sent));
    await expect(parse(http, shared)).rejects.toMatchObject({ name: 'NetworkError' });
    expect(http.asked).toEqual([]);
  });
});

it('reads a page through the real client', async () => {
  const server = createServer((_, response) => {
    response
      .writeHead(200, { 'content-type': 'text/html' })
      .end(iconv.encode('<meta charset=gb18030><title>灯塔</title>', 'gb18030'));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const base = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const http = new GuardedHttp({ hostOverrides: new Map([['journal.example.com', base]]) });
  try {
    expect(await parse(http, web.example)).toMatchObject({
      title: '灯塔',
      platform_id: web.example,
      raw_metadata: { mime: 'text/html' },
    });
  } finally {
    await http.close();
    server.close();
  }
});
