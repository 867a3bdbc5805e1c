import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { GuardedHttp } from '@vaultstream/runtime';
import { startSandbox, type Sandbox } from '@vaultstream/sandbox';
import { identify } from '../registry.ts';
import { telegram } from './telegram.platform.ts';

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
  const context = { http, settings: {}, signal: new AbortController().signal, log, extract, readFeed: extract };
  const { published_at, ...content } = await telegram.parse({ canonical: identify(share), sourceUrl: share }, context);
  return { ...content, published_at: published_at?.toISOString() };
};

/** Every file that a content names, as the real client gets it. */
const typesOf = async (content: Awaited<ReturnType<typeof read>>) => {
  const addresses = content.media.map(({ url }) => url).concat(content.author?.avatar_url ?? []);
  return Promise.all(addresses.map(async (url) => (await http.fetch({ url })).mime));
};

const post = (id: number) => `https://t.me/harbour_lamps/${id}`;

describe('telegram through the real client', () => {
  it('arrives with all that the demo shows', async () => {
    const content = await read(telegram.example);
    expect(content).toMatchObject({
      platform_id: 'harbour_lamps/101',
      title: expect.stringMatching(/^Forty lamps along the old quay/),
      author: { id: 'harbour_lamps', name: 'Harbour Lamps' },
      tags: ['harbour', 'lamps'],
      published_at: '2026-03-02T06:15:00.000Z',
      stats: { view: 10_200, like: 340 },
      media: [{ kind: 'image', url: 'https://cdn4.telesco.pe/file/quay-at-dusk-1200x675.jpg' }],
    });
    expect(await typesOf(content)).toEqual(['image/jpeg', 'image/jpeg']);
  });

  it('is one album under the address of each of its parts', async () => {
    const [first, ...others] = await Promise.all([103, 104, 105].map((id) => read(post(id))));
    expect(first).toMatchObject({ content_type: 'album', canonical_url: post(103), title: 'One by one.' });
    expect(first?.media).toHaveLength(3);
    for (const other of others) expect(other).toEqual(first);
  });

  it('reads a picture without a word, films, a poll, a reply and what is passed on', async () => {
    expect(await read(post(102))).toMatchObject({
      title: 'Harbour Lamps',
      body_text: null,
      media: [{ kind: 'image' }],
    });
    for (const id of [106, 107]) {
      const content = await read(post(id));
      expect(content.media).toMatchObject([{ kind: 'image', role: 'cover' }, { kind: 'video' }]);
      expect(await typesOf(content)).toEqual(['image/jpeg', 'video/mp4', 'image/jpeg']);
    }
    expect(await read(post(108))).toMatchObject({
      body_text: 'Which one next?\n- The red one (60%)\n- The green one (40%)',
    });
    expect(await read(post(109))).toMatchObject({
      title: 'All of them.',
      body_text: expect.stringMatching(/^> Harbour Lamps\n> Forty/),
    });
    expect(await read(post(110))).toMatchObject({ body_text: expect.stringMatching(/^Forwarded from Quay Office/) });
  });

  it.each([
    [post(404), 'NotFound', 1],
    ['https://t.me/nobody_here/1', 'NotFound', 1],
    [post(403), 'AccessDenied', 1],
    [post(18), 'AccessDenied', 1],
    ['https://t.me/c/1234567890/42', 'AccessDenied', 0],
    ['https://t.me/+AbCdEfGhIjKlMnOp', 'Unsupported', 0],
  ])('%s is %s after %i questions', async (share, name, questions) => {
    await expect(read(share)).rejects.toMatchObject({ name });
    expect(sandbox.journal.list({ service: 'telegram-web' })).toHaveLength(questions);
  });

  it.each([
    ['429:7', { name: 'RateLimited', retryAfterMs: 7_000 }],
    ['502', { name: 'UpstreamError' }],
    ['reset', { name: 'NetworkError' }],
  ])('is tried again after %s', async (mode, error) => {
    sandbox.spoil({ service: 'telegram-web', mode });
    await expect(read(post(101))).rejects.toMatchObject(error);
  });
});
