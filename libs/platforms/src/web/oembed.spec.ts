import { describe, expect, it } from '@jest/globals';
import { directReader } from '../feed/direct-reader.ts';
import { RecordedHttp, type Recording } from '../fake-http.ts';
import { extractPage } from './extract-page.ts';
import { web } from './web.ts';

const url = 'https://notes.example.com/a';
const link = (href: string) => `<link rel="alternate" type="application/json+oembed" href="${href}">`;
const log = { debug: () => undefined, warn: () => undefined };

async function read(head: string, answers: Recording[], signal = new AbortController().signal) {
  const http = new RecordedHttp([
    { url, body: `<html><head><title>A</title>${head}</head><body>x</body></html>` },
    ...answers,
  ]);
  const canonical = web.canonicalize(new URL(url));
  if (!canonical) throw new Error('not a page');
  const extract = async (html: string, address: string) => extractPage(html, address);
  const content = await web.parse(
    { canonical, sourceUrl: url },
    { http, settings: web.settings.parse({}), signal, log, extract, readFeed: directReader.readFeed },
  );
  return { content, asked: http.asked };
}
const oembed = (body: object | string, more: Partial<Recording> = {}): Recording => ({
  url: 'https://notes.example.com/oembed?url=a',
  headers: { 'content-type': 'application/json' },
  body: typeof body === 'string' ? body : JSON.stringify(body),
  ...more,
});

describe('oEmbed', () => {
  it('tells author and picture where the page does not', async () => {
    const told = {
      type: 'rich',
      author_name: 'By Ann Quill',
      author_url: '/ann',
      provider_name: 'Notes',
      thumbnail_url: '/a.jpg',
      thumbnail_width: 640,
      thumbnail_height: '480',
      html: '<script>alert(1)</script>',
    };
    const { content } = await read(link('/oembed?url=a'), [oembed(told)]);
    expect(content).toMatchObject({
      title: 'A',
      author: { name: 'Ann Quill', url: 'https://notes.example.com/ann' },
      site_name: 'Notes',
      media: [{ role: 'cover', url: 'https://notes.example.com/a.jpg', width: 640, height: 480 }],
    });
  });

  it('is not asked where nothing is missing, nor of another site', async () => {
    const facts = '<meta name="author" content="Ann"><meta property="og:image" content="/a.jpg">';
    expect((await read(`${facts}${link('/oembed?url=a')}`, [])).asked).toEqual([url]);
    expect((await read(link('https://trap.example.net/oembed'), [])).asked).toEqual([url]);
    expect((await read(link('http://127.0.0.1/oembed'), [])).asked).toEqual([url]);
  });

  it.each([
    ['no JSON', oembed('<html>')],
    ['JSON that is nested without end', oembed(`{"a":${'['.repeat(100_000)}`)],
    ['JSON of another shape', oembed('[{"author_name":"x"}]')],
    ['values of another kind', oembed({ author_name: ['x'], thumbnail_url: 'javascript:alert(1)', title: {} })],
    ['a refusal', oembed({}, { status: 404 })],
    ['no answer', oembed({}, { timeout: true })],
  ])('S19: %s leaves the page as it is', async (_, answer) => {
    const { content } = await read(link('/oembed?url=a'), [answer]);
    expect(content).toMatchObject({ title: 'A', author: null, media: [] });
  });
});
