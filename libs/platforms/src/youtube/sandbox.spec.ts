import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { GuardedHttp } from '@vaultstream/runtime';
import { startSandbox, type Sandbox } from '@vaultstream/sandbox';
import { identify } from '../registry.ts';
import { youtubeSettings } from './settings.ts';
import { youtube } from './youtube.platform.ts';

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

const read = async (share: string) => {
  const log = { debug: () => undefined, warn: () => undefined };
  const extract = () => Promise.reject(new Error('no page is read here'));
  const context = {
    http,
    settings: youtubeSettings.parse({}),
    signal: new AbortController().signal,
    log,
    extract,
    readFeed: extract,
  };
  const { published_at, ...content } = await youtube.parse({ canonical: identify(share), sourceUrl: share }, context);
  return { ...content, published_at: published_at?.toISOString() };
};

/** Every file that a content names, as the real client gets it. */
const typesOf = async (content: Awaited<ReturnType<typeof read>>) => {
  const addresses = content.media.map(({ url }) => url).concat(content.author?.avatar_url ?? []);
  return Promise.all(addresses.map(async (url) => (await http.fetch({ url })).mime));
};

const video = (id: string) => `https://youtu.be/${id}`;

describe('youtube through the real client', () => {
  it('arrives with all that the demo shows', async () => {
    const content = await read(youtube.example);
    expect(content).toMatchObject({
      title: 'Forty lamps, one night',
      body_text: expect.stringContaining('0:00 Dusk'),
      author: { id: 'UCharbourlampsharbourlam', name: 'Harbour Lamps', url: 'https://www.youtube.com/@harbour_lamps' },
      tags: ['harbour', 'lamps', 'night'],
      published_at: '2026-03-02T14:15:00.000Z',
      stats: { view: 120_345, like: 3_400 },
      media: [
        { role: 'cover', url: 'https://i.ytimg.com/vi/HarbLamps01/maxresdefault.jpg', width: 1_280, height: 720 },
      ],
    });
    expect(await typesOf(content)).toEqual(['image/jpeg']);
  });

  it('takes the largest picture that exists', async () => {
    const content = await read('https://www.youtube.com/shorts/HarbWicks02');
    expect(content).toMatchObject({ media: [{ url: expect.stringContaining('/sddefault.jpg') }], body_text: null });
    expect(await typesOf(content)).toEqual(['image/jpeg']);
  });

  it('does without what one of the two refuses', async () => {
    expect(await read(video('HarbClose03'))).toMatchObject({
      title: 'Not to be shown elsewhere',
      raw_metadata: { embed: null },
    });
    expect(await read(video('HarbAdult18'))).toMatchObject({ is_nsfw: true, title: 'What the keeper saw' });
    for (const mode of ['429', '500', 'cut-body', 'reset']) {
      sandbox.spoil({ service: 'youtube', path: '/watch', mode });
      const content = await read(youtube.example);
      expect(content).toMatchObject({
        title: 'Forty lamps, one night',
        author: { name: 'Harbour Lamps' },
        body_text: null,
      });
      expect(content.raw_metadata['page_missing']).not.toBeNull();
      expect(await typesOf(content)).toEqual(['image/jpeg']);
      sandbox.heal();
    }
  });

  it.each([
    ['HarbPrivate', 'AccessDenied', 2],
    ['HarbAgeOnly', 'AccessDenied', 2],
    ['HarbCountry', 'AccessDenied', 2],
    ['HarbRemoved', 'NotFound', 2],
    ['HarbNothing', 'NotFound', 1],
  ])('%s is %s after %i questions', async (id, name, questions) => {
    await expect(read(video(id))).rejects.toMatchObject({ name });
    expect(sandbox.journal.list({ service: 'youtube' })).toHaveLength(questions);
  });

  it.each([
    ['429:7', { name: 'RateLimited', retryAfterMs: 7_000 }],
    ['503', { name: 'UpstreamError' }],
    ['reset', { name: 'NetworkError' }],
  ])('is tried again after %s', async (mode, error) => {
    sandbox.spoil({ service: 'youtube', mode });
    await expect(read(youtube.example)).rejects.toMatchObject(error);
  });
});
