import { describe, expect, it } from '@jest/globals';
import { complianceChecks } from '../compliance.ts';
import type { PlatformCases } from '../compliance-cases.ts';
import { RecordedHttp, UniformHttp } from '../fake-http.ts';
import { fixtureChecks, readFixture } from '../fixtures.ts';
import type { HttpRequest, PlatformHttp } from '../platform.ts';
import { xSettings } from './settings.ts';
import { x } from './x.platform.ts';

const folder = new URL('./fixtures/', import.meta.url);
const given = (name: string) => readFixture(folder, name);
const extract = () => Promise.reject(new Error('X reads no pages'));

function parse(http: PlatformHttp, share: string = x.example, settings: object = {}) {
  const canonical = x.canonicalize(new URL(share));
  if (!canonical) throw new Error(`not of X: ${share}`);
  const log = { debug: () => undefined, warn: () => undefined };
  const signal = new AbortController().signal;
  return x.parse(
    { canonical, sourceUrl: share },
    { http, settings: xSettings.parse(settings), signal, log, extract, readFeed: extract },
  );
}

describe('x reads', () => {
  for (const { name, run } of fixtureChecks(x, folder)) it(name, run);

  it('keeps what the source said, and who it was', async () => {
    const { raw_metadata } = await parse(new RecordedHttp(given('quote').answers));
    expect(raw_metadata).toMatchObject({
      source: 'fxtwitter',
      author_id: '9001',
      quoted: { id: '1759000000000000009', handle: 'quay_office' },
      thread: [],
      post: { source: 'Twitter Web App' },
    });
    const edited = await parse(new RecordedHttp(given('syndication').answers));
    expect(edited.raw_metadata).toMatchObject({
      source: 'syndication',
      edited: true,
      versions: ['1759999999999999998', '1760000000000000001'],
      text_is_cut: true,
      replying_to: { handle: 'quay_office', id: '1758999999999999999' },
    });
  });

  it('S19: an answer that is too deep or too wide is a typed error, or bounded', async () => {
    const deep = new UniformHttp({ body: `{"code":200,"status":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}` });
    await expect(parse(deep)).rejects.toMatchObject({ name: 'BadPayload' });
    const wide = {
      id: '1760000000000000001',
      text: '@a '.repeat(50_000) + 'https://https://'.repeat(10_000) + ' '.repeat(50_000) + '#x'.repeat(50_000),
      media: {
        all: Array.from({ length: 20_000 }, (_, i) => ({ type: 'photo', url: `https://pbs.twimg.com/media/${i}.jpg` })),
      },
      extra: Array.from({ length: 50_000 }, (_, index) => ({ index, text: 'y'.repeat(20) })),
    };
    const content = await parse(new UniformHttp({ body: JSON.stringify({ code: 200, status: wide }) }));
    expect(content.media).toHaveLength(1_000);
    expect(content.tags).toHaveLength(1);
    expect(JSON.stringify(content.raw_metadata).length).toBeLessThan(200_000);
  });
});

describe('x keeps the promises of a platform', () => {
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
    'http://mobile.twitter.com/A/statuses/20/photo/1?s=20#m',
    'https://t.co/AbC1dEf?amp=1',
    'https://pic.x.com/AbC1dEf',
  ];
  const recordings = given('normal').answers;
  for (const { name, run } of complianceChecks({ platform: x, recordings, urls, extract, cases })) it(name, run);
});

describe('the sources of x', () => {
  it('are asked again after the shortest wait that one of them names', async () => {
    const reading = parse(new RecordedHttp(given('rate-limit').answers));
    await expect(reading).rejects.toMatchObject({ name: 'RateLimited', retryAfterMs: 30_000 });
  });

  it('say all of what went wrong', async () => {
    const reading = parse(new RecordedHttp(given('unconfirmed').answers));
    await expect(reading).rejects.toThrow('cdn.syndication.twimg.com answered 503');
  });

  it('are those of the setting, in its order, at its addresses', async () => {
    const asked: HttpRequest[] = [];
    const http: PlatformHttp = {
      fetch: (request) => (asked.push(request), new UniformHttp({ status: 500 }).fetch(request)),
    };
    const settings = {
      sources: ' syndication , vxtwitter,syndication',
      vxtwitter_url: 'https://vx.example.com/deep',
    };
    await expect(parse(http, x.example, settings)).rejects.toMatchObject({ name: 'UpstreamError' });
    expect(asked.map(({ url }) => new URL(url).host + new URL(url).pathname)).toEqual([
      'cdn.syndication.twimg.com/tweet-result',
      'vx.example.com/deep/i/status/1760000000000000001',
    ]);
    expect(asked.map(({ redirect, headers }) => [redirect, headers])).toEqual(
      asked.map(() => ['manual', { accept: 'application/json' }]),
    );
  });

  it.each(['', 'nitter', 'fxtwitter;vxtwitter', 'fxtwitter,'])('%j is no list of them', (sources) => {
    expect(xSettings.safeParse({ sources }).success).toBe(false);
  });

  it.each(['ftp://a.example', 'nonsense', 'javascript:alert(1)'])('%j is no address of one', (fxtwitter_url) => {
    expect(xSettings.safeParse({ fxtwitter_url }).success).toBe(false);
  });

  it('do not hide an error that is none of theirs', async () => {
    const http = { fetch: () => Promise.reject(new TypeError('a bug')) };
    await expect(parse(http)).rejects.toThrow('a bug');
  });
});

describe('a short link of x', () => {
  it('is asked alone: nothing behind it is', async () => {
    const http = new RecordedHttp(given('short-link-elsewhere').answers);
    await expect(parse(http, 'https://t.co/AbC1dEf')).rejects.toThrow('journal.example.com/lamps');
    expect(http.asked).toEqual(['https://t.co/AbC1dEf']);
  });
});
