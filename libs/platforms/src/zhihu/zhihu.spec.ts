import { describe, expect, it } from '@jest/globals';
import { GuardedHttp } from '@vaultstream/runtime';
import { withServer } from '@vaultstream/testing';
import { complianceChecks } from '../compliance.ts';
import type { PlatformCases } from '../compliance-cases.ts';
import { RecordedHttp, UniformHttp } from '../fake-http.ts';
import { fixtureChecks, readFixture } from '../fixtures.ts';
import type { HttpRequest, PlatformHttp } from '../platform.ts';
import { identify } from '../registry.ts';
import { zhihuSettings, type ZhihuSettings } from './settings.ts';
import { zhihu } from './zhihu.platform.ts';

const folder = new URL('./fixtures/', import.meta.url);
const given = (name: string) => readFixture(folder, name);
const extract = () => Promise.reject(new Error('Zhihu hands no page on'));
const log = { debug: () => undefined, warn: () => undefined };
function parse(http: PlatformHttp, share: string = zhihu.example, settings: ZhihuSettings = {}) {
  const signal = new AbortController().signal;
  return zhihu.parse(
    { canonical: identify(share), sourceUrl: share },
    { http, settings, signal, log, extract, readFeed: extract },
  );
}

describe('zhihu reads', () => {
  for (const { name, run } of fixtureChecks(zhihu, folder)) it(name, run);
});

describe('zhihu keeps the promises of a platform', () => {
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
    shortLink: { none: 'Zhihu has no short links of its own; link.zhihu.com names its target in the address.' },
  };
  const urls = [
    'http://zhihu.com/question/1/answer/2?x=1#y',
    'https://zhuanlan.zhihu.com/p/2/',
    'https://link.zhihu.com/?target=https%3A//www.zhihu.com/pin/3',
  ];
  const subject = { platform: zhihu, recordings: given('normal').answers, urls, extract, cases };
  // A 403 without a reason is how Zhihu turns machines away, for a while.
  for (const { name, run } of complianceChecks({ ...subject, errors: { 403: 'RateLimited' } })) it(name, run);
});

describe('zhihu', () => {
  it('keeps who told it, the question, the column and when it was changed', async () => {
    const answer = await parse(new RecordedHttp(given('normal').answers));
    const facts = { source: 'api', question_id: '20000001', headline: '修了一辈子灯塔' };
    expect(answer.raw_metadata).toMatchObject({ ...facts, edited_at: '2023-11-15T22:13:20.000Z' });
    const article = await parse(new RecordedHttp(given('article-page').answers), given('article-page').share);
    expect(article.raw_metadata).toMatchObject({ source: 'page', column: '灯塔笔记', question_id: null });
  });

  it('10: risk control waits as long as it is told', async () => {
    const reading = parse(new RecordedHttp(given('rate-limit').answers));
    await expect(reading).rejects.toMatchObject({ name: 'RateLimited', retryAfterMs: 30_000 });
  });

  it('S19: an answer that is too deep or too wide is a typed error, or bounded', async () => {
    const deep = new UniformHttp({ body: `{"id":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}` });
    await expect(parse(deep)).rejects.toMatchObject({ name: 'BadPayload' });
    const answer = (content: string) =>
      new UniformHttp({ body: JSON.stringify({ id: '30000001', content, question: { title: 'x' } }) });
    await expect(parse(answer('<div>'.repeat(100_000)))).rejects.toMatchObject({ name: 'BadPayload' });
    const pictures = Array.from({ length: 3_000 }, (_, index) => `<img src="https://pic1.zhimg.com/v2-${index}.jpg">`);
    const content = await parse(answer(pictures.join('') + '<a href="x">'.repeat(150) + '字'.repeat(300_000)));
    expect([content.media.length, content.body_text?.length]).toEqual([1_000, 200_000]);
  });

  it('does not hide an error that is none of theirs', async () => {
    await expect(parse({ fetch: () => Promise.reject(new TypeError('a bug')) })).rejects.toThrow('a bug');
  });
});

describe('S22: cookies of zhihu', () => {
  const cookie = 'd_c0="AABh=|17"; z_c0=2|1:0; __zse_ck=005';
  const settings = zhihuSettings.parse({ cookie });

  it.each(['answer-page', 'article-page', 'pin'])(
    'go to its own sites over https, no redirect is followed (%s)',
    async (name) => {
      const inner = new RecordedHttp(given(name).answers);
      const requests: HttpRequest[] = [];
      const http: PlatformHttp = { fetch: (request) => (requests.push(request), inner.fetch(request)) };
      await parse(http, given(name).share, settings);
      for (const { url, headers, redirect } of requests) {
        expect(['www.zhihu.com', 'zhuanlan.zhihu.com']).toContain(new URL(url).host);
        expect([redirect, headers?.['cookie']]).toEqual(['manual', cookie]);
      }
    },
  );

  it.each([
    'https://evil.test/answer/30000001',
    'https://link.zhihu.com/?target=https%3A//www.zhihu.com/answer/30000001',
  ])('stay behind when the real client is led to %s', async (location) => {
    const server = await withServer((_, response) => response.writeHead(302, { location }).end());
    const hosts = ['www.zhihu.com', 'link.zhihu.com', 'evil.test'];
    const http = new GuardedHttp({ hostOverrides: new Map(hosts.map((host) => [host, new URL(server.url)])) });
    await expect(parse(http, zhihu.example, settings)).rejects.toMatchObject({ name: 'UpstreamError' });
    expect(server.requests.map(({ headers }) => [headers['x-forwarded-host'], headers.cookie])).toEqual([
      ['www.zhihu.com', cookie],
      ['www.zhihu.com', cookie],
    ]);
    await http.close();
    await server.close();
  });

  it('do not go to the mirror, which is asked nothing', async () => {
    const asked: string[] = [];
    const http: PlatformHttp = {
      fetch: (request) => (asked.push(new URL(request.url).host), new UniformHttp({ status: 404 }).fetch(request)),
    };
    await expect(parse(http, 'https://fxzhihu.com/answer/30000001', settings)).rejects.toMatchObject({
      name: 'NotFound',
    });
    expect(asked).toEqual(['www.zhihu.com']);
  });
});
