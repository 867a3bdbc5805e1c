import { describe, expect, it } from '@jest/globals';
import { complianceChecks } from '../compliance.ts';
import type { PlatformCases } from '../compliance-cases.ts';
import { RecordedHttp, UniformHttp } from '../fake-http.ts';
import { fixtureChecks, readFixture } from '../fixtures.ts';
import type { HttpRequest, PlatformHttp } from '../platform.ts';
import { coverOf } from './pictures.ts';
import { youtubeSettings } from './settings.ts';
import { youtube } from './youtube.platform.ts';

const folder = new URL('./fixtures/', import.meta.url);
const given = (name: string) => readFixture(folder, name);
const extract = () => Promise.reject(new Error('YouTube’s pages are read for one variable'));

function parse(http: PlatformHttp, settings: object = {}, share: string = youtube.example) {
  const canonical = youtube.canonicalize(new URL(share));
  if (!canonical) throw new Error(`not of YouTube: ${share}`);
  const log = { debug: () => undefined, warn: () => undefined };
  const signal = new AbortController().signal;
  const context = { http, settings: youtubeSettings.parse(settings), signal, log, extract, readFeed: extract };
  return youtube.parse({ canonical, sourceUrl: share }, context);
}

describe('youtube reads', () => {
  for (const { name, run } of fixtureChecks(youtube, folder)) it(name, run);

  it('says what could not be had', async () => {
    const rawOf = async (name: string) => (await parse(new RecordedHttp(given(name).answers))).raw_metadata;
    expect(await rawOf('normal')).toMatchObject({
      page_missing: null,
      obstacle: null,
      duration_s: 754,
      category: 'Education',
    });
    expect(await rawOf('robot')).toMatchObject({ page_missing: 'RateLimited', duration_s: null });
    expect(await rawOf('live')).toMatchObject({ is_live: true, starts_at: '2026-04-01T18:00:00.000Z' });
    expect(await rawOf('region-known')).toMatchObject({ obstacle: expect.stringContaining('in your country') });
  });

  it('S19: data that is too deep is as good as none', async () => {
    const deep = `var ytInitialPlayerResponse = ${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)};`;
    await expect(parse(new UniformHttp({ body: deep }))).rejects.toMatchObject({ name: 'BadPayload' });
  });

  it('takes cookies to the page only, and never along a redirect', async () => {
    const asked: HttpRequest[] = [];
    const recorded = new RecordedHttp(given('normal').answers);
    const http: PlatformHttp = { fetch: (request) => (asked.push(request), recorded.fetch(request)) };
    await parse(http, { cookie: 'SID=secret; HSID=more' });
    await parse(http);
    expect(asked.map(({ redirect, headers }) => [redirect, headers?.['cookie']])).toEqual([
      [undefined, undefined],
      ['manual', 'SID=secret; HSID=more'],
      [undefined, undefined],
      ['manual', 'SOCS=CAI'],
    ]);
  });
});

describe('the cover of a video', () => {
  const id = 'HarbLamps01';
  const listed = (name: string, width?: number) => ({
    url: `//i.ytimg.com/vi/${id}/${name}.jpg?sqp=1`,
    width,
    height: width,
  });

  it.each([
    ['the widest', [listed('hqdefault', 336), listed('sddefault', 640), listed('mqdefault', 320)], 'sddefault'],
    [
      'the best name where sizes are equal',
      [listed('hqdefault'), listed('maxresdefault'), listed('hq720')],
      'maxresdefault',
    ],
    ['the one that always exists', [], 'hqdefault'],
    [
      'never one of somebody else',
      [{ url: 'https://i.ytimg.com.evil.test/a.jpg', width: 9_000, height: 9_000 }],
      'hqdefault',
    ],
  ])('is %s', (_, list, name) => {
    expect(coverOf(id, list).map(({ url }) => url)).toEqual([`https://i.ytimg.com/vi/${id}/${name}.jpg`]);
  });
});

describe('youtube keeps the promises of a platform', () => {
  const cases: PlatformCases = {
    normal: given('normal'),
    pictures: given('short'),
    video: given('live'),
    noMedia: { none: 'each video has a picture' },
    deleted: given('deleted'),
    loginNeeded: given('login-needed'),
    riskControl: given('rate-limit'),
    serverError: given('server-error'),
    timeout: given('timeout'),
    malformed: given('malformed'),
    shortLink: { none: 'all addresses hold the id' },
  };
  const urls = [
    'https://youtu.be/-_harbour-_?t=1',
    'https://m.youtube.com/shorts/HarbLamps01',
    'https://www.youtube-nocookie.com/embed/HarbLamps01',
  ];
  const recordings = given('normal').answers;
  for (const { name, run } of complianceChecks({ platform: youtube, recordings, urls, extract, cases })) it(name, run);
});
