import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { GuardedHttp } from '@vaultstream/runtime';
import { startSandbox, type Sandbox } from '@vaultstream/sandbox';
import { identify } from '../registry.ts';
import { reddit } from './reddit.platform.ts';
import { redditSettings } from './settings.ts';

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
    settings: redditSettings.parse({}),
    signal: new AbortController().signal,
    log,
    extract,
    readFeed: extract,
  };
  const { published_at, ...content } = await reddit.parse({ canonical: identify(share), sourceUrl: share }, context);
  return { ...content, published_at: published_at?.toISOString() };
};

/** Every file that a content names, as the real client gets it. */
const typesOf = async (content: Awaited<ReturnType<typeof read>>) => {
  const addresses = content.media.map(({ url }) => url).concat(content.author?.avatar_url ?? []);
  return Promise.all(addresses.map(async (url) => (await http.fetch({ url })).mime));
};

const post = (id: string) => `https://redd.it/${id}`;

describe('reddit through the real client', () => {
  it('arrives with all that the demo shows', async () => {
    expect(await read(reddit.example)).toMatchObject({
      platform_id: '1harbr1',
      title: 'The lamps along the old quay are lit again',
      body_text: expect.stringMatching(/^Forty of them, \*\*all\*\* by hand\.\n\nThe/),
      author: { id: 'quay_office', url: 'https://www.reddit.com/user/quay_office' },
      tags: ['r/lighthouses', 'News'],
      published_at: '2026-03-02T06:15:00.000Z',
      stats: { like: 341, comment: 27 },
    });
  });

  it('shows pictures whole, a gallery in its order, a film after its picture, and what a crosspost passes on', async () => {
    const picture = await read(post('1harbr2'));
    expect(picture).toMatchObject({
      media: [{ url: 'https://i.redd.it/1harbr2pic0.jpg', width: 1_200 }],
      raw_metadata: { spoiler: true },
    });
    const gallery = await read('https://www.reddit.com/gallery/1harbr3');
    expect(gallery).toMatchObject({ content_type: 'gallery', body_text: 'Lamp 1\nLamp 2\nLamp 3' });
    expect(gallery.media.map(({ url }) => url)).toEqual(
      ['pic0.png', 'pic1.jpg', 'pic2.jpg'].map((name) => `https://i.redd.it/1harbr3${name}`),
    );
    expect(await typesOf(gallery)).toEqual(['image/png', 'image/jpeg', 'image/jpeg']);
    const film = await read(post('1harbr4'));
    expect(film.media).toMatchObject([{ kind: 'image', role: 'cover' }, { kind: 'video' }]);
    expect(await typesOf(film)).toEqual(['image/jpeg', 'video/mp4']);
    const passed = await read(post('1harbr5'));
    expect(passed).toMatchObject({
      content_type: 'video',
      media: film.media,
      body_text: '> u/mara_quill in r/boats\n> Seen from a boat',
    });
    expect(await read(post('1harbr6'))).toMatchObject({
      content_type: 'link',
      body_text: 'https://news.example.com/2026/03/harbour-lamps',
    });
    expect(await read(post('1harbr7'))).toMatchObject({ is_nsfw: true });
  });

  it('follows links that lead to a post, and no further', async () => {
    const canonical_url = 'https://www.reddit.com/comments/1harbr1';
    expect(await read('https://www.reddit.com/r/Lighthouses/s/HarbLamp01')).toMatchObject({ canonical_url });
    expect(await read('https://v.redd.it/1harbr4film')).toMatchObject({ platform_id: '1harbr4' });
    await expect(read('https://www.reddit.com/r/lighthouses/s/HarbSub002')).rejects.toMatchObject({
      name: 'Unsupported',
    });
    await expect(read('https://www.reddit.com/r/lighthouses/s/HarbGone03')).rejects.toMatchObject({ name: 'NotFound' });
  });

  it.each([
    ['404', 'NotFound'],
    ['410', 'NotFound'],
    ['gone1', 'NotFound'],
    ['gone2', 'NotFound'],
    ['403', 'AccessDenied'],
    ['18', 'AccessDenied'],
  ])('post %s is %s', async (id, name) => {
    await expect(read(post(id))).rejects.toMatchObject({ name });
    expect(sandbox.journal.list({ service: 'reddit' })).toHaveLength(1);
  });

  it.each([
    ['429:7', { name: 'RateLimited', retryAfterMs: 7_000 }],
    ['403', { name: 'RateLimited' }],
    ['503', { name: 'UpstreamError' }],
    ['reset', { name: 'NetworkError' }],
  ])('is tried again after %s', async (mode, error) => {
    sandbox.spoil({ service: 'reddit', mode });
    await expect(read(reddit.example)).rejects.toMatchObject(error);
  });
});
