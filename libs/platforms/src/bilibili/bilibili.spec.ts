import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parsedContentSchema } from '@vaultstream/contracts';
import { GuardedHttp } from '@vaultstream/runtime';
import { withServer } from '@vaultstream/testing';
import { complianceChecks } from '../compliance.ts';
import { RecordedHttp, UniformHttp, type Recording } from '../fake-http.ts';
import type { HttpRequest, PlatformHttp } from '../platform.ts';
import { identify } from '../registry.ts';
import { bilibili } from './bilibili.platform.ts';
import { bilibiliSettings, type BilibiliSettings } from './settings.ts';

/** One case: what was shared, what the other side answered, what comes of it. Invented values. */
interface Fixture {
  about: string;
  share: string;
  answers: (Omit<Recording, 'body'> & { body?: unknown })[];
  expected?: Record<string, unknown>;
  error?: string;
}

const folder = new URL('./fixtures/', import.meta.url);
const fixture = (name: string) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Fixture;
const recordings = ({ answers }: Fixture): Recording[] =>
  answers.map(({ body, ...rest }) => ({ ...rest, body: typeof body === 'string' ? body : JSON.stringify(body) }));

const extract = () => Promise.reject(new Error('Bilibili reads no pages'));
const log = { debug: () => undefined, warn: () => undefined };
function parse(http: PlatformHttp, share: string, settings: BilibiliSettings = {}) {
  const signal = new AbortController().signal;
  return bilibili.parse({ canonical: identify(share), sourceUrl: share }, { http, settings, signal, log, extract });
}

describe('bilibili keeps the promises of a platform', () => {
  const urls = ['http://m.bilibili.com/video/av170001/?p=2#reply1', 'https://b23.tv/AbC1dEf?x=1', 'https://b23.tv/av2'];
  const subject = { platform: bilibili, recordings: recordings(fixture('normal.json')), urls, extract };
  for (const { name, run } of complianceChecks({ ...subject, errors: { 412: 'RateLimited' } })) it(name, run);
});

describe('bilibili reads', () => {
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  it.each(names.map((name) => [fixture(name).about, fixture(name)] as const))('S19: %s', async (_, subject) => {
    const http = new RecordedHttp(recordings(subject));
    const reading = parse(http, subject.share);
    if (subject.error !== undefined) {
      await expect(reading).rejects.toMatchObject({ name: subject.error });
      return;
    }
    const { raw_metadata, ...content } = parsedContentSchema.parse(await reading);
    expect({ ...content, published_at: content.published_at?.toISOString() ?? null }).toEqual(subject.expected);
    expect(http.asked).toEqual(subject.answers.map(({ url }) => url));
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
    expect(JSON.stringify(raw_metadata)).not.toContain('polluted');
  });

  it('keeps what the API said, without the length of a season', async () => {
    const { raw_metadata } = await parse(new RecordedHttp(recordings(fixture('normal.json'))), bilibili.example);
    expect(raw_metadata).toMatchObject({ aid: 170_001, duration: 754 });
    expect(raw_metadata['pages']).toHaveLength(10);
    expect(raw_metadata['ugc_season']).toEqual({ id: 7, title: '灯塔', ep_count: 2 });
  });

  it('S19: an answer that is too deep or too wide is a typed error, or bounded', async () => {
    const deep = new UniformHttp({ body: `{"code":0,"data":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}` });
    await expect(parse(deep, bilibili.example)).rejects.toMatchObject({ name: 'BadPayload' });
    const wide = { title: 'x', extra: Array.from({ length: 50_000 }, (_, index) => ({ index, text: 'y'.repeat(20) })) };
    const content = await parse(new UniformHttp({ body: JSON.stringify({ code: 0, data: wide }) }), bilibili.example);
    expect(JSON.stringify(content.raw_metadata).length).toBeLessThan(100_000);
  });
});

describe('S22: cookies of bilibili', () => {
  const settings = bilibiliSettings.parse({ sessdata: ' abc%2C1,2*a ', bili_jct: 'jct', buvid3: 'B-3' });
  const spy = (name: string) => {
    const inner = new RecordedHttp(recordings(fixture(name)));
    const requests: HttpRequest[] = [];
    const http: PlatformHttp = { fetch: (request) => (requests.push(request), inner.fetch(request)) };
    return { http, requests };
  };

  it('go to the API over https, which is not followed anywhere, and to nobody else', async () => {
    const { http, requests } = spy('short-link.json');
    await parse(http, fixture('short-link.json').share, settings);
    const sent = requests.map(({ url, headers, redirect }) => [new URL(url).host, headers?.['cookie'], redirect]);
    const cookie = 'SESSDATA=abc%2C1,2*a; bili_jct=jct; buvid3=B-3';
    expect(sent).toEqual([
      ['b23.tv', undefined, undefined],
      ['api.bilibili.com', cookie, 'manual'],
      ['api.bilibili.com', cookie, 'manual'],
    ]);
    expect(requests[1]?.headers).toMatchObject({
      referer: 'https://www.bilibili.com/',
      origin: 'https://www.bilibili.com',
    });
  });

  it('stay behind when the real client is led to another host', async () => {
    const server = await withServer((_, response) => response.writeHead(302, { location: 'https://evil.test/' }).end());
    const hosts = ['api.bilibili.com', 'b23.tv', 'evil.test'];
    const http = new GuardedHttp({ hostOverrides: new Map(hosts.map((host) => [host, new URL(server.url)])) });
    await expect(parse(http, bilibili.example, settings)).rejects.toMatchObject({ name: 'UpstreamError' });
    expect(server.requests.map(({ headers }) => [headers['x-forwarded-host'], headers.cookie])).toEqual([
      ['api.bilibili.com', 'SESSDATA=abc%2C1,2*a; bili_jct=jct; buvid3=B-3'],
    ]);
    await expect(parse(http, 'https://b23.tv/AbC1dEf', settings)).rejects.toMatchObject({ name: 'BadPayload' });
    expect(server.requests.slice(1).filter(({ headers }) => headers.cookie !== undefined)).toEqual([]);
    await http.close();
    await server.close();
  });

  it('are not sent when there are none', async () => {
    const { http, requests } = spy('normal.json');
    await parse(http, bilibili.example);
    expect(requests.map(({ headers }) => headers?.['cookie'])).toEqual([undefined, undefined]);
  });

  it.each(['a; b=c', 'a\r\nx: y', 'with space', '', '"quoted"', 'ü', 'x'.repeat(4_097)])('%j is no cookie', (value) => {
    expect(bilibiliSettings.safeParse({ sessdata: value }).success).toBe(false);
  });
});
