import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { GuardedHttp } from '@vaultstream/runtime';
import { startSandbox, type Sandbox } from '@vaultstream/sandbox';
import { identify } from '../registry.ts';
import { github } from './github.platform.ts';
import { githubSettings } from './settings.ts';

let sandbox: Sandbox;
let http: GuardedHttp;
beforeAll(async () => {
  sandbox = await startSandbox();
  const overrides = sandbox.hosts.split(',').map((pair): [string, URL] => {
    const [host = '', base = ''] = pair.split('=');
    return [host, new URL(base)];
  });
  http = new GuardedHttp({ hostOverrides: new Map(overrides) });
});
afterEach(() => sandbox.reset());
afterAll(async () => {
  await http.close();
  await sandbox.stop();
});

const read = async (share: string, token?: string) => {
  const log = { debug: () => undefined, warn: () => undefined };
  const extract = () => Promise.reject(new Error('no page is read here'));
  const context = {
    http,
    settings: githubSettings.parse({ token }),
    signal: new AbortController().signal,
    log,
    extract,
    readFeed: extract,
  };
  const { published_at, ...content } = await github.parse({ canonical: identify(share), sourceUrl: share }, context);
  return { ...content, published_at: published_at?.toISOString() };
};

/** Every file that a content names, as the real client gets it. */
const typesOf = async (content: Awaited<ReturnType<typeof read>>) => {
  const addresses = content.media.map(({ url }) => url).concat(content.author?.avatar_url ?? []);
  return Promise.all(addresses.map(async (url) => (await http.fetch({ url })).mime));
};

const repository = 'https://github.com/harbour-lamps/lamp-keeper';

describe('github through the real client', () => {
  it('arrives with all that the demo shows', async () => {
    const content = await read(github.example);
    expect(content).toMatchObject({
      platform_id: 'harbour-lamps/lamp-keeper',
      title: 'harbour-lamps/lamp-keeper',
      description: 'Keeps forty lamps lit, every night',
      body_text: '# Lamp keeper\n\nKeeps lamps lit & clean.',
      author: { id: 'harbour-lamps', url: 'https://github.com/harbour-lamps' },
      tags: ['lamps', 'harbour'],
      published_at: '2026-03-02T06:15:00.000Z',
      stats: { like: 1_203, fork: 34 },
    });
    expect(await typesOf(content)).toEqual(['image/jpeg', 'image/jpeg']);
  });

  it('reads issues, pull requests, releases and gists', async () => {
    const issue = await read(`${repository}/issues/12`);
    expect(issue).toMatchObject({ content_type: 'issue', tags: ['bug', 'good first issue'], body_text: 'It blinks.' });
    expect(await typesOf(issue)).toEqual(['image/jpeg', 'image/jpeg']);
    expect(await read(`${repository}/issues/14`)).toMatchObject({ author: null, body_text: null });
    expect(await read(`${repository}/pull/13/files`)).toMatchObject({
      content_type: 'pull_request',
      raw_metadata: { state: 'merged' },
    });
    expect(await read(`${repository}/releases/tag/v1.2.0`)).toMatchObject({
      title: 'lamp-keeper Brighter',
      stats: { download: 42 },
    });
    expect(await read(`${repository}/releases/tag/@lamps/oil@1.0`)).toMatchObject({
      title: 'lamp-keeper @lamps/oil@1.0',
    });
    expect(await read('https://gist.github.com/mara-quill/0123456789abcdef0123456789abcdef')).toMatchObject({
      title: 'How to trim a wick',
      body_text: expect.stringContaining('trim.py\ndef trim(wick):\n    return'),
    });
    expect(await read('https://github.com/harbour-lamps/wicks')).toMatchObject({
      description: null,
      body_text: null,
      media: [],
    });
  });

  it('learns what a thing is called now', async () => {
    expect(await read('https://github.com/Harbour-Lamps/Lamp-Minder')).toMatchObject({ canonical_url: repository });
    expect(await read(`${repository}/issues/13`)).toMatchObject({ canonical_url: `${repository}/pull/13` });
    expect(await read('https://github.com/harbour-lamps/lamp-minder/issues/12')).toMatchObject({
      platform_id: 'harbour-lamps/lamp-keeper#12',
      canonical_url: `${repository}/issues/12`,
    });
  });

  it.each([
    ['https://github.com/harbour-lamps/nothing', 'NotFound'],
    ['https://github.com/harbour-lamps/taken-down', 'NotFound'],
    ['https://github.com/harbour-lamps/forbidden', 'AccessDenied'],
    [`${repository}/issues/404`, 'NotFound'],
    [`${repository}/releases/tag/v9`, 'NotFound'],
    ['https://gist.github.com/00000000000000000000000000000000', 'NotFound'],
  ])('%s is %s', async (share, name) => {
    await expect(read(share)).rejects.toMatchObject({ name });
  });

  it('takes a token, and says when it is a bad one', async () => {
    expect(await read(repository, 'good_0123456789abcdef0123')).toMatchObject({ title: 'harbour-lamps/lamp-keeper' });
    await expect(read(repository, 'bad_0123456789abcdef01234')).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  it('waits until the hour is over', async () => {
    sandbox.spoil({ service: 'github', mode: '429:1800' });
    const error: unknown = await read(repository).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'RateLimited', status: 403 });
    const { retryAfterMs = 0 } = error as { retryAfterMs?: number };
    expect(retryAfterMs).toBeGreaterThan(1_000_000);
    expect(retryAfterMs).toBeLessThanOrEqual(1_800_000);
  });

  it.each([
    ['502', 'UpstreamError'],
    ['reset', 'NetworkError'],
  ])('is tried again after %s', async (mode, name) => {
    sandbox.spoil({ service: 'github', mode });
    await expect(read(repository)).rejects.toMatchObject({ name });
  });

  it('keeps a repository without the README that could not be had', async () => {
    sandbox.spoil({ service: 'github', path: '/readme', mode: '502' });
    expect(await read(repository)).toMatchObject({ title: 'harbour-lamps/lamp-keeper', body_text: null });
  });
});
