import { describe, expect, it } from '@jest/globals';
import { GuardedHttp } from '@vaultstream/runtime';
import { withServer } from '@vaultstream/testing';
import { complianceChecks } from '../compliance.ts';
import type { PlatformCases } from '../compliance-cases.ts';
import { RecordedHttp, UniformHttp } from '../fake-http.ts';
import { fixtureChecks, readFixture } from '../fixtures.ts';
import type { HttpRequest, PlatformHttp } from '../platform.ts';
import { identify } from '../registry.ts';
import { xiaohongshuSettings, type XiaohongshuSettings } from './settings.ts';
import { xiaohongshu } from './xiaohongshu.platform.ts';

const folder = new URL('./fixtures/', import.meta.url);
const given = (name: string) => readFixture(folder, name);
const extract = () => Promise.reject(new Error('Xiaohongshu hands no page on'));
const log = { debug: () => undefined, warn: () => undefined };
function parse(http: PlatformHttp, share: string = xiaohongshu.example, settings: XiaohongshuSettings = {}) {
  const signal = new AbortController().signal;
  return xiaohongshu.parse(
    { canonical: identify(share), sourceUrl: share },
    { http, settings, signal, log, extract, readFeed: extract },
  );
}

describe('xiaohongshu reads', () => {
  for (const { name, run } of fixtureChecks(xiaohongshu, folder)) it(name, run);
});

describe('xiaohongshu keeps the promises of a platform', () => {
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
  const urls = [
    'http://xiaohongshu.com/discovery/item/6411CF99000000001300B6D9?xsec_token=x#y',
    'http://xhslink.com/a/AbCdEf12345?x=1',
  ];
  const subject = { platform: xiaohongshu, recordings: given('pictures').answers, urls, extract, cases };
  const errors = { 461: 'RateLimited', 471: 'RateLimited' };
  for (const { name, run } of complianceChecks({ ...subject, errors })) it(name, run);
});

describe('xiaohongshu', () => {
  it.each(['normal', 'short-link', 'pictures', 'snake'])('keeps no token of anybody (%s)', async (name) => {
    const content = await parse(new RecordedHttp(given(name).answers), given(name).share);
    expect(JSON.stringify(content)).not.toMatch(/xsec|CBgeL8Dxd1ZW|ABsecret|ABuser/i);
  });

  it('keeps where it was written and when it was changed', async () => {
    const { raw_metadata } = await parse(new RecordedHttp(given('normal').answers), given('normal').share);
    expect(raw_metadata).toMatchObject({ ipLocation: '山东', edited_at: '2023-03-15T15:01:28.000Z' });
  });

  it('takes the token of the same note only', async () => {
    const canonical = identify(xiaohongshu.example);
    const asked: string[] = [];
    const http: PlatformHttp = {
      fetch: (request) => (asked.push(request.url), new UniformHttp({ status: 404 }).fetch(request)),
    };
    const context = { http, settings: {}, signal: new AbortController().signal, log, extract, readFeed: extract };
    for (const sourceUrl of [
      'https://www.xiaohongshu.com/explore/674051740000000007027a15?xsec_token=anothernote=',
      `${xiaohongshu.example}?xsec_token=a%22b&xsec_source=pc_feed`,
      `https://evil.test/explore/6411cf99000000001300b6d9?xsec_token=fromelsewhere=`,
      'no address at all',
    ])
      await expect(xiaohongshu.parse({ canonical, sourceUrl }, context)).rejects.toMatchObject({ name: 'NotFound' });
    expect(new Set(asked)).toEqual(new Set([xiaohongshu.example]));
  });

  it('S19: a page that is too deep or too wide is a typed error, or bounded', async () => {
    const page = (state: string) => new UniformHttp({ body: `<script>window.__INITIAL_STATE__=${state}</script>` });
    const deep = page(`{"note":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}`);
    await expect(parse(deep)).rejects.toMatchObject({ name: 'BadPayload' });
    const imageList = Array.from({ length: 5_000 }, (_, index) => ({
      urlDefault: `https://a.xhscdn.com/${index}.jpg`,
    }));
    const note = {
      noteId: '6411cf99000000001300b6d9',
      title: 'x'.repeat(100_000),
      desc: '#'.repeat(500_000),
      imageList,
    };
    const state = { note: { noteDetailMap: { '6411cf99000000001300b6d9': { note } } } };
    const content = await parse(page(JSON.stringify(state)));
    expect([content.media.length, content.title?.length]).toEqual([1_000, 2_000]);
    expect(JSON.stringify(content.raw_metadata).length).toBeLessThan(200_000);
  });
});

describe('S22: cookies of xiaohongshu', () => {
  const cookie = 'a1=18c; web_session=040069';
  const settings = xiaohongshuSettings.parse({ cookie });

  it('go to its own site over https, and to no short link', async () => {
    const inner = new RecordedHttp(given('short-link').answers);
    const requests: HttpRequest[] = [];
    const http: PlatformHttp = { fetch: (request) => (requests.push(request), inner.fetch(request)) };
    await parse(http, given('short-link').share, settings);
    expect(requests.map(({ url, headers, redirect }) => [new URL(url).host, headers?.['cookie'], redirect])).toEqual([
      ['xhslink.com', undefined, 'manual'],
      ['www.xiaohongshu.com', cookie, 'manual'],
    ]);
  });

  it('stay behind when the real client is led to another host', async () => {
    const server = await withServer((_, response) => response.writeHead(302, { location: 'https://evil.test/' }).end());
    const hosts = ['www.xiaohongshu.com', 'xhslink.com', 'evil.test'];
    const http = new GuardedHttp({ hostOverrides: new Map(hosts.map((host) => [host, new URL(server.url)])) });
    await expect(parse(http, xiaohongshu.example, settings)).rejects.toMatchObject({ name: 'UpstreamError' });
    await expect(parse(http, 'http://xhslink.com/a/AbCdEf', settings)).rejects.toMatchObject({ name: 'Unsupported' });
    expect(server.requests.map(({ headers }) => [headers['x-forwarded-host'], headers.cookie])).toEqual([
      ['www.xiaohongshu.com', cookie],
      ['xhslink.com', undefined],
    ]);
    await http.close();
    await server.close();
  });
});
