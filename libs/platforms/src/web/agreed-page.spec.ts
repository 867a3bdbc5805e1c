import { afterAll, describe, expect, it } from '@jest/globals';
import { RecordedHttp, type Recording } from '../fake-http.ts';
import { identify } from '../registry.ts';
import { createExtractor } from './extractor.ts';
import { web } from './web.ts';

const extractor = createExtractor();
afterAll(() => extractor.close());
const log = { debug: () => undefined, warn: () => undefined };

/** A page about something, which calls itself by an address. */
const page = (about: string, canonical?: string) => `<!doctype html><html lang="en"><head><title>About ${about}</title>
  ${canonical === undefined ? '' : `<link rel="canonical" href="${canonical}">`}</head><body><article><h1>About ${about}</h1>
  ${Array.from({ length: 8 }, (_, index) => `<p>The ${about} was seen by day ${index}, and whoever met the ${about} wrote ${index} long lines on it.</p>`).join('')}
  </article></body></html>`;

async function read(url: string, ...answers: Recording[]) {
  const http = new RecordedHttp(answers);
  const { signal } = new AbortController();
  const extract = (html: string, address: string) => extractor.extract(html, address);
  const context = {
    http,
    settings: web.settings.parse({}),
    signal,
    log,
    extract,
    readFeed: (text: string, address: string) => extractor.readFeed(text, address),
  };
  const content = await web.parse({ canonical: identify(url), sourceUrl: url }, context);
  return { content, asked: http.asked };
}

const mobile = 'https://m.example.com/a';
const desktop = 'https://www.example.com/a';
const neighbours = ['https://example.com/~alice/page', 'https://example.com/~bob/page'] as const;

describe('18: a canonical link is believed when the page there agrees', () => {
  it.each<[string, string | undefined]>([
    ['names itself', desktop],
    ['names nothing', undefined],
    ['names itself with tracking', `${desktop}?utm_source=m`],
  ])('a mobile page and its desktop page, which %s, are one: the desktop page is what is kept', async (_, named) => {
    const { content, asked } = await read(
      mobile,
      { url: mobile, body: page('lighthouse', desktop) },
      { url: desktop, body: page('lighthouse', named).replace('</title>', ' on the desktop</title>') },
    );
    expect(content).toMatchObject({
      canonical_url: desktop,
      platform_id: desktop,
      title: 'About lighthouse on the desktop',
      raw_metadata: { fetched_url: desktop },
    });
    expect(asked).toEqual([mobile, desktop]);
  });

  it('also at the end of a short link, and where the named address leads to a page that bears its name', async () => {
    const { content } = await read(
      'https://sho.example/1',
      { url: 'https://sho.example/1', finalUrl: mobile, body: page('lighthouse', desktop) },
      { url: desktop, finalUrl: `${desktop}?sid=1`, body: page('lighthouse', desktop) },
    );
    expect(content).toMatchObject({ canonical_url: desktop });
  });

  it('a neighbour on one host cannot speak for the page of another: nothing of it changes', async () => {
    const [alice, bob] = neighbours;
    const { content } = await read(
      alice,
      { url: alice, body: page('dragon', bob) },
      { url: bob, body: page('lighthouse', bob) },
    );
    expect(content).toMatchObject({ canonical_url: undefined, platform_id: alice, title: 'About dragon' });
  });

  it.each<[string, Omit<Recording, 'url'>]>([
    ['names another address, such as this one', { body: page('lighthouse', mobile) }],
    ['shows something else', { body: page('harbour', desktop) }],
    ['is not there', { status: 404 }],
    ['is behind a wall', { status: 403 }],
    ['leads on to another address', { finalUrl: 'https://www.example.com/b', body: page('lighthouse') }],
    ['leads back here', { finalUrl: mobile, body: page('lighthouse') }],
    ['is no page', { body: '{}', headers: { 'content-type': 'application/json' } }],
    ['does not answer', { timeout: true }],
  ])('not believed: the page there %s', async (_, there) => {
    const { content } = await read(
      mobile,
      { url: mobile, body: page('lighthouse', desktop) },
      { url: desktop, ...there },
    );
    expect(content).toMatchObject({
      canonical_url: undefined,
      title: 'About lighthouse',
      raw_metadata: { fetched_url: mobile },
    });
  });

  it('what leads to a page that bears the name asked for keeps that name, without another fetch', async () => {
    const { content, asked } = await read(desktop, {
      url: desktop,
      finalUrl: `${desktop}?sid=1`,
      body: page('lighthouse', desktop),
    });
    expect(content).toMatchObject({ canonical_url: undefined, platform_id: desktop });
    expect(asked).toEqual([desktop]);
  });

  it('pages of several people below a public suffix are never asked', async () => {
    const { content, asked } = await read('https://a.github.io/x', {
      url: 'https://a.github.io/x',
      body: page('lighthouse', 'https://b.github.io/x'),
    });
    expect(content).toMatchObject({ canonical_url: undefined });
    expect(asked).toEqual(['https://a.github.io/x']);
  });
});
