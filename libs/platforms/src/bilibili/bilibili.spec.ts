import { describe, expect, it } from '@jest/globals';
import { GuardedHttp } from '@vaultstream/runtime';
import { withServer } from '@vaultstream/testing';
import type { PlatformCases } from '../compliance-cases.ts';
import { complianceChecks } from '../compliance.ts';
import { RecordedHttp, UniformHttp } from '../fake-http.ts';
import { readFixture } from '../fixtures.ts';
import type { HttpRequest, PlatformHttp } from '../platform.ts';
import { identify } from '../registry.ts';
import { bilibili } from './bilibili.platform.ts';
import { bilibiliSettings, type BilibiliSettings } from './settings.ts';

const given = (kind: string, name: string) => readFixture(new URL(`./${kind}/fixtures/`, import.meta.url), name);
const extract = () => Promise.reject(new Error('Bilibili reads no pages'));
const log = { debug: () => undefined, warn: () => undefined };
function parse(http: PlatformHttp, share: string, settings: BilibiliSettings = {}) {
  const signal = new AbortController().signal;
  return bilibili.parse(
    { canonical: identify(share), sourceUrl: share },
    { http, settings, signal, log, extract, readFeed: extract },
  );
}

describe('bilibili keeps the promises of a platform', () => {
  const urls = ['http://m.bilibili.com/video/av170001/?p=2#reply1', 'https://b23.tv/AbC1dEf?x=1', 'https://b23.tv/av2'];
  const cases: PlatformCases = {
    normal: given('video', 'normal'),
    pictures: given('opus', 'pictures'),
    video: given('video', 'normal'),
    noMedia: given('article', 'no-media'),
    deleted: given('opus', 'deleted'),
    loginNeeded: given('video', 'login-needed'),
    riskControl: given('live', 'risk-control'),
    serverError: given('bangumi', 'server-error'),
    timeout: given('space', 'timeout'),
    malformed: given('article', 'malformed'),
    shortLink: given('video', 'short-link'),
  };
  const subject = { platform: bilibili, recordings: given('video', 'normal').answers, urls, extract, cases };
  for (const { name, run } of complianceChecks({ ...subject, errors: { 412: 'RateLimited' } })) it(name, run);
});

describe('bilibili', () => {
  it('keeps what the API said, without the length of a season', async () => {
    const { raw_metadata } = await parse(new RecordedHttp(given('video', 'normal').answers), bilibili.example);
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

  it.each([
    [200, '{"code":-352,"message":"风控校验失败"}'],
    [200, '{"code":0,"data":{"v_voucher":"voucher_1"}}'],
    [412, ''],
    [429, ''],
  ])('10: risk control waits as long as it is told (%i %s)', async (status, body) => {
    const http = new UniformHttp({ status, body, headers: { 'retry-after': '30' } });
    for (const share of [bilibili.example, 'cv123', 'https://t.bilibili.com/933099353259638816'])
      await expect(parse(http, share)).rejects.toMatchObject({ name: 'RateLimited', retryAfterMs: 30_000 });
  });
});

describe('S22: cookies of bilibili', () => {
  const settings = bilibiliSettings.parse({ sessdata: ' abc%2C1,2*a ', bili_jct: 'jct', buvid3: 'B-3' });
  const cookie = 'SESSDATA=abc%2C1,2*a; bili_jct=jct; buvid3=B-3';
  const spy = (kind: string, name: string) => {
    const inner = new RecordedHttp(given(kind, name).answers);
    const requests: HttpRequest[] = [];
    const http: PlatformHttp = { fetch: (request) => (requests.push(request), inner.fetch(request)) };
    return { http, requests };
  };

  it.each(['video', 'article', 'opus', 'bangumi', 'live', 'space'])(
    'of a short link to %s go to the API over https, which is not followed anywhere, and to nobody else',
    async (kind) => {
      const { http, requests } = spy(kind, 'short-link');
      await parse(http, given(kind, 'short-link').share, settings);
      const sent = requests.map(({ url, headers, redirect }) => [new URL(url).host, headers?.['cookie'], redirect]);
      expect(sent[0]).toEqual(['b23.tv', undefined, undefined]);
      expect(sent.length).toBeGreaterThan(1);
      for (const [host, ...rest] of sent.slice(1)) {
        expect(['api.bilibili.com', 'api.live.bilibili.com']).toContain(host);
        expect(rest).toEqual([cookie, 'manual']);
      }
      const site = { referer: 'https://www.bilibili.com/', origin: 'https://www.bilibili.com' };
      expect(requests[1]?.headers).toMatchObject(site);
    },
  );

  it('stay behind when the real client is led to another host', async () => {
    const server = await withServer((_, response) => response.writeHead(302, { location: 'https://evil.test/' }).end());
    const hosts = ['api.bilibili.com', 'b23.tv', 'evil.test'];
    const http = new GuardedHttp({ hostOverrides: new Map(hosts.map((host) => [host, new URL(server.url)])) });
    await expect(parse(http, bilibili.example, settings)).rejects.toMatchObject({ name: 'UpstreamError' });
    expect(server.requests.map(({ headers }) => [headers['x-forwarded-host'], headers.cookie])).toEqual([
      ['api.bilibili.com', cookie],
    ]);
    await expect(parse(http, 'https://b23.tv/AbC1dEf', settings)).rejects.toMatchObject({ name: 'BadPayload' });
    expect(server.requests.slice(1).filter(({ headers }) => headers.cookie !== undefined)).toEqual([]);
    await http.close();
    await server.close();
  });

  it('are not sent when there are none; posts get the one of a new browser, which they ask for', async () => {
    const video = spy('video', 'normal');
    await parse(video.http, bilibili.example);
    expect(video.requests.map(({ headers }) => headers?.['cookie'])).toEqual([undefined, undefined]);
    const post = spy('opus', 'draw');
    await parse(post.http, given('opus', 'draw').share);
    const sent = post.requests.map(({ headers }) => headers?.['cookie']);
    for (const one of sent) expect(one).toMatch(/^buvid3=[0-9A-F-]{36}infoc$/);
    expect(new Set(sent).size).toBe(2);
  });

  it.each(['a; b=c', 'a\r\nx: y', 'with space', '', '"quoted"', 'ü', 'x'.repeat(4_097)])('%j is no cookie', (value) => {
    expect(bilibiliSettings.safeParse({ sessdata: value }).success).toBe(false);
  });
});
