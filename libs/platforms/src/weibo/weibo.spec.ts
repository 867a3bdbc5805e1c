import { describe, expect, it } from '@jest/globals';
import { GuardedHttp } from '@vaultstream/runtime';
import { withServer } from '@vaultstream/testing';
import { complianceChecks } from '../compliance.ts';
import type { PlatformCases } from '../compliance-cases.ts';
import { RecordedHttp, UniformHttp } from '../fake-http.ts';
import { fixtureChecks, readFixture } from '../fixtures.ts';
import type { HttpRequest, PlatformHttp } from '../platform.ts';
import { identify } from '../registry.ts';
import { weiboSettings, type WeiboSettings } from './settings.ts';
import { weibo } from './weibo.platform.ts';

const folder = new URL('./fixtures/', import.meta.url);
const given = (name: string) => readFixture(folder, name);
const extract = () => Promise.reject(new Error('Weibo reads no pages'));
const log = { debug: () => undefined, warn: () => undefined };
function parse(http: PlatformHttp, share: string = weibo.example, settings: WeiboSettings = {}) {
  const signal = new AbortController().signal;
  return weibo.parse(
    { canonical: identify(share), sourceUrl: share },
    { http, settings, signal, log, extract, readFeed: extract },
  );
}

describe('weibo reads', () => {
  for (const { name, run } of fixtureChecks(weibo, folder)) it(name, run);
});

describe('weibo keeps the promises of a platform', () => {
  const cases: PlatformCases = {
    normal: given('normal'),
    pictures: given('pictures'),
    video: given('video'),
    noMedia: given('no-media'),
    deleted: given('deleted'),
    loginNeeded: given('login-needed'),
    riskControl: given('rate-limit'),
    serverError: given('server-error'),
    timeout: given('timeout'),
    malformed: given('malformed'),
    shortLink: given('short-link'),
  };
  const urls = ['http://m.weibo.cn/status/N4xlMvjhI?x=1#y', 'http://t.cn/A6xYzAbC', 'https://weibo.com/1/yCirT0Iox'];
  const subject = { platform: weibo, recordings: given('normal').answers, urls, extract, cases };
  const errors = { 414: 'RateLimited', 418: 'RateLimited', 432: 'RateLimited' };
  for (const { name, run } of complianceChecks({ ...subject, errors })) it(name, run);
});

describe('weibo', () => {
  it('keeps where, with what and how often it was written, and which it passes on', async () => {
    const { raw_metadata } = await parse(new RecordedHttp(given('normal').answers));
    const facts = { source: 'weibo.com', bid: 'N4xlMvjhI', sent_with: 'iPhone 15', region: '山东', edits: 2 };
    expect(raw_metadata).toMatchObject({ ...facts, passes_on: null, text_is_cut: false });
    const gone = await parse(new RecordedHttp(given('retweet-gone').answers));
    expect(gone.raw_metadata).toMatchObject({ passes_on: '4909000000000001', text_is_cut: true });
    const mobile = await parse(new RecordedHttp(given('mobile').answers));
    expect(mobile.raw_metadata).toMatchObject({ source: 'm.weibo.cn' });
  });

  it('10: risk control waits as long as it is told', async () => {
    const http = new UniformHttp({ status: 432, headers: { 'retry-after': '30' } });
    await expect(parse(http)).rejects.toMatchObject({ name: 'RateLimited', retryAfterMs: 30_000 });
  });

  it('S19: an answer that is too deep or too wide is a typed error, or bounded', async () => {
    const deep = new UniformHttp({ body: `{"ok":1,"mid":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}` });
    await expect(parse(deep)).rejects.toMatchObject({ name: 'BadPayload' });
    const pic_ids = Array.from({ length: 5_000 }, (_, index) => `p${index}`);
    const largest = (id: string) => ({ largest: { url: `https://wx1.sinaimg.cn/large/${id}.jpg` } });
    const wide = {
      ok: 1,
      mid: '4910815147462302',
      text_raw: '#a'.repeat(100_000) + '【'.repeat(100_000) + 'http://'.repeat(50_000),
      pic_ids,
      pic_infos: Object.fromEntries(pic_ids.map((id) => [id, largest(id)])),
    };
    const content = await parse(new UniformHttp({ body: JSON.stringify(wide) }));
    expect(content.media).toHaveLength(1_000);
    expect(JSON.stringify(content.raw_metadata).length).toBeLessThan(200_000);
    const nested = { ok: 1, mid: '4910815147462302', text: '<span>'.repeat(100_000) };
    await expect(parse(new UniformHttp({ body: JSON.stringify(nested) }))).rejects.toMatchObject({
      name: 'BadPayload',
    });
  });

  it('does not hide an error that is none of theirs', async () => {
    await expect(parse({ fetch: () => Promise.reject(new TypeError('a bug')) })).rejects.toThrow('a bug');
  });
});

describe('S22: cookies of weibo', () => {
  const cookie = 'SUB=_2A25; SUBP="0033"; XSRF-TOKEN=';
  const settings = weiboSettings.parse({ cookie: ` ${cookie} ` });

  it.each(['short-link', 'mobile-video', 'retweet'])(
    'go to its own sites over https, and to no short link (%s)',
    async (name) => {
      const inner = new RecordedHttp(given(name).answers);
      const requests: HttpRequest[] = [];
      await parse({ fetch: (request) => (requests.push(request), inner.fetch(request)) }, given(name).share, settings);
      for (const { url, headers, redirect } of requests) {
        const own = ['weibo.com', 'm.weibo.cn'].includes(new URL(url).host);
        expect([redirect, headers?.['cookie']]).toEqual(['manual', own ? cookie : undefined]);
      }
      expect(requests.length).toBeGreaterThan(1);
    },
  );

  it('stay behind when the real client is led to another host', async () => {
    const server = await withServer((_, response) => response.writeHead(302, { location: 'https://evil.test/' }).end());
    const hosts = ['weibo.com', 'm.weibo.cn', 't.cn', 'evil.test'];
    const http = new GuardedHttp({ hostOverrides: new Map(hosts.map((host) => [host, new URL(server.url)])) });
    await expect(parse(http, weibo.example, settings)).rejects.toMatchObject({ name: 'UpstreamError' });
    await expect(parse(http, 'http://t.cn/A6xYzAbC', settings)).rejects.toMatchObject({ name: 'Unsupported' });
    expect(server.requests.map(({ headers }) => [headers['x-forwarded-host'], headers.cookie])).toEqual([
      ['weibo.com', cookie],
      ['m.weibo.cn', cookie],
      ['t.cn', undefined],
    ]);
    await http.close();
    await server.close();
  });
});
