import { describe, expect, it } from '@jest/globals';
import { complianceChecks } from '../compliance.ts';
import type { PlatformCases } from '../compliance-cases.ts';
import { RecordedHttp, UniformHttp } from '../fake-http.ts';
import { fixtureChecks, readFixture } from '../fixtures.ts';
import type { HttpRequest, PlatformHttp } from '../platform.ts';
import { reddit } from './reddit.platform.ts';
import { redditSettings } from './settings.ts';

const folder = new URL('./fixtures/', import.meta.url);
const given = (name: string) => readFixture(folder, name);
const extract = () => Promise.reject(new Error('Reddit’s pages are not read'));

function parse(http: PlatformHttp, settings: object = {}, share: string = reddit.example) {
  const canonical = reddit.canonicalize(new URL(share));
  if (!canonical) throw new Error(`not of Reddit: ${share}`);
  const log = { debug: () => undefined, warn: () => undefined };
  const signal = new AbortController().signal;
  const context = { http, settings: redditSettings.parse(settings), signal, log, extract, readFeed: extract };
  return reddit.parse({ canonical, sourceUrl: share }, context);
}

describe('reddit reads', () => {
  for (const { name, run } of fixtureChecks(reddit, folder)) it(name, run);

  it('keeps what is around a post', async () => {
    const rawOf = async (name: string) => (await parse(new RecordedHttp(given(name).answers))).raw_metadata;
    expect(await rawOf('picture')).toMatchObject({ spoiler: true });
    expect(await rawOf('crosspost')).toMatchObject({ passes_on: '0quay99' });
    expect(await rawOf('removed-partly')).toMatchObject({ removed_by: 'moderator' });
  });

  it('waits as long as Reddit says', async () => {
    const reading = parse(new RecordedHttp(given('rate-limit').answers));
    await expect(reading).rejects.toMatchObject({ name: 'RateLimited', retryAfterMs: 37_000 });
  });

  it('takes cookies to Reddit only, and never along a redirect of its own', async () => {
    const asked: HttpRequest[] = [];
    const recorded = new RecordedHttp(given('short-link').answers);
    const http: PlatformHttp = { fetch: (request) => (asked.push(request), recorded.fetch(request)) };
    await parse(http, { cookie: 'reddit_session=secret' }, given('short-link').share);
    expect(asked.map(({ redirect, headers }) => [redirect, headers?.['cookie']])).toEqual([
      ['manual', undefined],
      ['manual', 'reddit_session=secret'],
    ]);
  });

  it('S19: an answer that is too deep or too wide is a typed error, or bounded', async () => {
    const deep = `[{"data":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_001)}]`;
    await expect(parse(new UniformHttp({ body: deep }))).rejects.toMatchObject({ name: 'BadPayload' });
    const ids = Array.from({ length: 20_000 }, (_, index) => `picture${index}`);
    const wide = {
      ...{ id: '1harbr1', title: 'T'.repeat(10_000), selftext: '![img]('.repeat(50_000) + '[deleted'.repeat(10_000) },
      gallery_data: { items: ids.map((media_id) => ({ media_id, caption: 'c' })) },
      media_metadata: Object.fromEntries(ids.map((id) => [id, { status: 'valid', e: 'Image', m: 'image/png', s: {} }])),
    };
    const body = JSON.stringify([{ data: { children: [{ data: wide }] } }]);
    const content = await parse(new UniformHttp({ body }));
    expect(content.media).toHaveLength(500);
    expect(JSON.stringify(content.raw_metadata).length).toBeLessThan(200_000);
  });
});

describe('reddit keeps the promises of a platform', () => {
  const cases: PlatformCases = {
    normal: given('normal'),
    pictures: given('gallery'),
    video: given('video'),
    noMedia: given('no-media'),
    deleted: given('deleted'),
    loginNeeded: given('login-needed'),
    riskControl: given('blocked'),
    serverError: given('server-error'),
    timeout: given('timeout'),
    malformed: given('malformed'),
    shortLink: given('short-link'),
  };
  const urls = [
    'https://redd.it/1HARBR1',
    'https://old.reddit.com/u/a/comments/1harbr1/x/y/',
    'https://v.redd.it/ab12cd34ef567',
    'https://reddit.com/r/A/s/AbCdEf1234',
  ];
  const recordings = given('normal').answers;
  for (const { name, run } of complianceChecks({ platform: reddit, recordings, urls, extract, cases })) it(name, run);
});
