import { describe, expect, it } from '@jest/globals';
import { directReader } from './direct-reader.ts';
import { complianceChecks } from '../compliance.ts';
import type { PlatformCases } from '../compliance-cases.ts';
import { RecordedHttp } from '../fake-http.ts';
import { fixtureChecks, readFixture } from '../fixtures.ts';
import { extractPage } from '../web/extract-page.ts';
import { web } from '../web/web.ts';
import { feed } from './feed.platform.ts';

const folder = new URL('./fixtures/', import.meta.url);
const given = (name: string) => readFixture(folder, name);
const extract = async (html: string, url: string) => extractPage(html, url);

describe('feed reads', () => {
  for (const { name, run } of fixtureChecks(feed, folder)) it(name, run);
});

describe('feed keeps the promises of a platform', () => {
  const cases: PlatformCases = {
    normal: given('normal'),
    pictures: given('normal'),
    video: { none: 'the entries of a feed are contents of their own' },
    noMedia: given('no-media'),
    deleted: given('deleted'),
    loginNeeded: given('login-needed'),
    riskControl: given('rate-limit'),
    serverError: given('server-error'),
    timeout: given('timeout'),
    malformed: given('malformed'),
    shortLink: given('moved'),
  };
  const urls = [
    'http://example.com/feed/',
    'https://example.com/?feed=rss2',
    'https://example.com/a/atom.xml?utm_source=x',
  ];
  const recordings = given('normal').answers;
  for (const { name, run } of complianceChecks({ platform: feed, recordings, urls, extract, cases })) it(name, run);
});

describe('what an address says and what it answers', () => {
  const log = { debug: () => undefined, warn: () => undefined };
  const signal = new AbortController().signal;
  const atom = '<feed xmlns="http://www.w3.org/2005/Atom"><title>Tides</title><id>urn:t</id></feed>';

  it('web reads a feed behind any address, and says where it can be subscribed', async () => {
    const url = 'https://tides.example.net/latest';
    const http = new RecordedHttp([{ url, headers: { 'content-type': 'text/plain' }, body: atom }]);
    const canonical = web.canonicalize(new URL(url));
    if (!canonical) throw new Error('not a page');
    const ctx = { http, settings: web.settings.parse({}), signal, log, extract, readFeed: directReader.readFeed };
    expect(await web.parse({ canonical, sourceUrl: url }, ctx)).toMatchObject({
      content_type: 'feed',
      title: 'Tides',
      raw_metadata: { subscribe_url: url, format: 'atom' },
    });
  });

  it('a page behind an address that bears a feed’s name is read as a page', async () => {
    const url = 'https://social.example.com/feed';
    const http = new RecordedHttp([{ url, body: '<title>What is new</title><h1>What is new</h1>' }]);
    const canonical = feed.canonicalize(new URL(url));
    if (!canonical) throw new Error('not a feed');
    const content = await feed.parse(
      { canonical, sourceUrl: url },
      { http, settings: {}, signal, log, extract, readFeed: directReader.readFeed },
    );
    expect(content).toMatchObject({ content_type: 'page', title: 'What is new', parser_version: feed.parserVersion });
  });
});
