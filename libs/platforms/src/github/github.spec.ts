import { describe, expect, it } from '@jest/globals';
import { complianceChecks } from '../compliance.ts';
import type { PlatformCases } from '../compliance-cases.ts';
import { RecordedHttp, UniformHttp } from '../fake-http.ts';
import { fixtureChecks, readFixture } from '../fixtures.ts';
import type { HttpRequest, PlatformHttp } from '../platform.ts';
import { github } from './github.platform.ts';
import { picturesIn, plainText } from './markdown.ts';
import { githubSettings } from './settings.ts';

const folder = new URL('./fixtures/', import.meta.url);
const given = (name: string) => readFixture(folder, name);
const extract = () => Promise.reject(new Error('GitHub’s pages are not read'));

function parse(http: PlatformHttp, settings: object = {}, share: string = github.example) {
  const canonical = github.canonicalize(new URL(share));
  if (!canonical) throw new Error(`not of GitHub: ${share}`);
  const log = { debug: () => undefined, warn: () => undefined };
  const signal = new AbortController().signal;
  const context = { http, settings: githubSettings.parse(settings), signal, log, extract, readFeed: extract };
  return github.parse({ canonical, sourceUrl: share }, context);
}

describe('github reads', () => {
  for (const { name, run } of fixtureChecks(github, folder)) it(name, run);

  it('keeps what is around a thing', async () => {
    const rawOf = async (name: string) =>
      (await parse(new RecordedHttp(given(name).answers), {}, given(name).share)).raw_metadata;
    expect(await rawOf('normal')).toMatchObject({
      programming_language: 'TypeScript',
      license: 'MIT',
      archived: false,
    });
    expect(await rawOf('issue')).toMatchObject({ state: 'open', milestone: 'Spring' });
    expect(await rawOf('pull-request')).toMatchObject({ state: 'merged', merged_at: '2026-03-04T06:15:00.000Z' });
    expect(await rawOf('release')).toMatchObject({
      prerelease: true,
      files: [{ name: 'lamps.tgz', bytes: 1_024 }, {}],
    });
    expect(await rawOf('gist')).toMatchObject({ files: [{ language: 'Markdown' }, { truncated: true }] });
  });

  it('S19: an answer that is too deep or too wide is a typed error, or bounded', async () => {
    const deep = new UniformHttp({ body: `{"full_name":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_001)}` });
    await expect(parse(deep)).rejects.toMatchObject({ name: 'BadPayload' });
    const wide = { full_name: 'a/b', topics: Array.from({ length: 50_000 }, (_, index) => `topic-${index}`) };
    const content = await parse(new UniformHttp({ body: JSON.stringify(wide) }));
    expect(content.tags).toHaveLength(100);
  });
});

describe('the API of github', () => {
  const answering = (headers: Record<string, string>, status = 403) =>
    parse(new UniformHttp({ status, headers, body: '{"message":"API rate limit exceeded for 192.0.2.1."}' }));

  it('is asked again when the hour is over', async () => {
    const reset = String(Math.floor(Date.now() / 1_000) + 1_800);
    const error: unknown = await answering({ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset }).catch(
      (e: unknown) => e,
    );
    expect(error).toMatchObject({ name: 'RateLimited', status: 403 });
    const { retryAfterMs = 0 } = error as { retryAfterMs?: number };
    expect(retryAfterMs).toBeGreaterThan(1_000_000);
    expect(retryAfterMs).toBeLessThanOrEqual(1_800_000);
  });

  it.each([
    [{ 'retry-after': '60', 'x-ratelimit-remaining': '30' }, 60_000],
    [{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1' }, 1_000],
    [{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '99999999999' }, 86_400_000],
    [{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': 'soon' }, undefined],
    [{}, undefined],
  ])('with %j after %j ms', async (headers, retryAfterMs) => {
    await expect(answering(headers)).rejects.toMatchObject({ name: 'RateLimited', retryAfterMs });
    await expect(answering(headers, 429)).rejects.toMatchObject({ name: 'RateLimited', retryAfterMs });
  });

  it('gets the token, and nobody else does', async () => {
    const asked: HttpRequest[] = [];
    const recorded = new RecordedHttp([...given('renamed').answers, ...given('moved-elsewhere').answers]);
    const http: PlatformHttp = { fetch: (request) => (asked.push(request), recorded.fetch(request)) };
    const settings = { token: 'github_pat_01234567890123456789' };
    await parse(http, settings, given('renamed').share);
    await expect(parse(http, settings)).rejects.toMatchObject({ name: 'UpstreamError' });
    expect(new Set(asked.map(({ url }) => new URL(url).host))).toEqual(new Set(['api.github.com']));
    for (const { redirect, headers } of asked)
      expect([redirect, headers?.['authorization']]).toEqual(['manual', 'Bearer github_pat_01234567890123456789']);
    await parse(http, {}, given('renamed').share);
    expect(asked.at(-1)?.headers?.['authorization']).toBeUndefined();
  });

  it.each(['short', 'ghp_0123456789012345\r\nx: y', 'ghp_ 0123456789012345678'])(
    'takes no token such as %j',
    (token) => {
      expect(githubSettings.safeParse({ token }).success).toBe(false);
    },
  );
});

describe('a text of github', () => {
  it.each([
    ['a <!-- b --> c', 'a  c'],
    ['a\r\n\r\n\r\n\r\nb', 'a\n\nb'],
    ['<details><summary>More</summary>text</details>', 'Moretext'],
    ['[![badge](x.svg)](https://ci.example/) end', 'end'],
    ['1 < 2 && 3 > 2', '1 < 2 && 3 > 2'],
    ['```\n<b>&amp;</b>\n```\n<b>&amp;</b>', '```\n<b>&amp;</b>\n```\n&'],
    ['~~~\n<b>\n```\n<i>\n~~~~\n<b>x', '~~~\n<b>\n```\n<i>\n~~~~\nx'],
    ['open <!-- to the end', 'open'],
    ['', null],
    [null, null],
  ])('%j is %j', (markdown, text) => expect(plainText(markdown, 1_000)).toBe(text));

  it('S19: marks that never end take no more time than others', () => {
    for (const mark of ['<!--', '![', '![a](', '<img ', '[ ', '<a', '```\n', '<img src="'])
      expect(() => [plainText(mark.repeat(100_000), 1_000), picturesIn(mark.repeat(100_000))]).not.toThrow();
  });
});

describe('github keeps the promises of a platform', () => {
  const cases: PlatformCases = {
    normal: given('normal'),
    pictures: given('issue'),
    video: { none: 'films in texts have addresses that do not tell what they are' },
    noMedia: given('no-readme'),
    deleted: given('deleted'),
    loginNeeded: given('login-needed'),
    riskControl: given('rate-limit'),
    serverError: given('server-error'),
    timeout: given('timeout'),
    malformed: given('malformed'),
    shortLink: given('renamed'),
  };
  const urls = [
    'https://www.github.com/A/B.git',
    'https://github.com/a/b/pull/7/files',
    'https://github.com/a/b/releases/tag/@a/b@1',
    'https://gist.github.com/a/0123456789ABCDEF0123',
  ];
  const recordings = given('normal').answers;
  for (const { name, run } of complianceChecks({ platform: github, recordings, urls, extract, cases })) it(name, run);
});
