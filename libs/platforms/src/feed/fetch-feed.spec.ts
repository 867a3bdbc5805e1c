import { describe, expect, it } from '@jest/globals';
import { RecordedHttp, SilentHttp, type Recording } from '../fake-http.ts';
import { directReader } from './direct-reader.ts';
import { fetchFeed } from './fetch-feed.ts';

const url = 'https://feeds.example.com/rss.xml';
const body = '<rss version="2.0"><channel><title>T</title></channel></rss>';
const signal = new AbortController().signal;
const to = (location: string, status = 301): Partial<Recording> => ({ status, headers: { location } });

async function read(answers: Record<string, Partial<Recording>>) {
  const http = new RecordedHttp(Object.entries(answers).map(([address, answer]) => ({ url: address, ...answer })));
  return { answer: await fetchFeed({ http, reader: directReader, signal }, url), asked: http.asked };
}

describe('fetchFeed', () => {
  it('tells what the server will know it by', async () => {
    const headers = { 'content-type': 'text/xml', etag: 'W/"1"', 'last-modified': 'Sun, 22 Nov 2026 08:00:00 GMT' };
    expect((await read({ [url]: { headers, body } })).answer).toMatchObject({
      kind: 'feed',
      etag: 'W/"1"',
      lastModified: 'Sun, 22 Nov 2026 08:00:00 GMT',
      movedTo: null,
    });
    const odd = { 'content-type': 'text/xml', etag: 'x'.repeat(501), 'last-modified': 'a\u0001b' };
    expect((await read({ [url]: { headers: odd, body } })).answer).toMatchObject({ etag: null, lastModified: null });
  });

  it.each<[string, Record<string, Partial<Recording>>, string | null]>([
    [
      '301',
      { [url]: to('/new.xml'), 'https://feeds.example.com/new.xml': { body } },
      'https://feeds.example.com/new.xml',
    ],
    ['308', { [url]: to('https://n.example.com/', 308), 'https://n.example.com/': { body } }, 'https://n.example.com/'],
    ['302', { [url]: to('/new.xml', 302), 'https://feeds.example.com/new.xml': { body } }, null],
    [
      '301, then 307',
      { [url]: to('/a'), 'https://feeds.example.com/a': to('/b', 307), 'https://feeds.example.com/b': { body } },
      'https://feeds.example.com/a',
    ],
    [
      '302, then 301',
      { [url]: to('/a', 302), 'https://feeds.example.com/a': to('/b'), 'https://feeds.example.com/b': { body } },
      null,
    ],
  ])('%s: what is permanent up to the first temporary step counts', async (_, answers, movedTo) => {
    expect((await read(answers)).answer).toMatchObject({ kind: 'feed', movedTo });
  });

  it.each<[string, Record<string, Partial<Recording>>, string]>([
    ['a loop', { [url]: to('/rss.xml') }, 'BadPayload'],
    ['a step from https to http', { [url]: to('http://feeds.example.com/rss.xml') }, 'BadPayload'],
    ['304 that nobody asked for', { [url]: { status: 304 } }, 'BadPayload'],
    ['a picture', { [url]: { headers: { 'content-type': 'image/png' }, body: 'x' } }, 'BadPayload'],
    ['410', { [url]: { status: 410 } }, 'NotFound'],
  ])('S6: %s', async (_, answers, name) => {
    await expect(read(answers)).rejects.toMatchObject({ name });
  });

  it('a page tells which feeds it names', async () => {
    const page =
      '<base href="/blog/"><link rel="alternate" type="application/atom+xml; charset=utf-8" href="a.xml">' +
      '<LINK REL="home ALTERNATE" TYPE="APPLICATION/RSS+XML" HREF="//other.example.com/r"><link rel="alternate" type="text/html" href="/x">' +
      '<link rel="alternate" type="application/feed+json" href="javascript:1"><link rel="stylesheet" type="application/rss+xml" href="/y">';
    expect((await read({ [url]: { body: page } })).answer).toEqual({
      kind: 'page',
      movedTo: null,
      feeds: ['https://feeds.example.com/blog/a.xml', 'https://other.example.com/r'],
    });
  });

  it('ends when it is aborted', async () => {
    const controller = new AbortController();
    const asking = fetchFeed({ http: new SilentHttp(), reader: directReader, signal: controller.signal }, url);
    controller.abort(new Error('stop now'));
    await expect(asking).rejects.toThrow('stop now');
  });
});
