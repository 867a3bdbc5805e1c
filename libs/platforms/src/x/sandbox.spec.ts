import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { GuardedHttp } from '@vaultstream/runtime';
import { startSandbox, type Sandbox } from '@vaultstream/sandbox';
import { identify } from '../registry.ts';
import { xSettings } from './settings.ts';
import { x } from './x.platform.ts';

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
  const extract = () => Promise.reject(new Error('X reads no pages'));
  const context = {
    http,
    settings: xSettings.parse({}),
    signal: new AbortController().signal,
    log,
    extract,
    readFeed: extract,
  };
  const { published_at, ...content } = await x.parse({ canonical: identify(share), sourceUrl: share }, context);
  return { ...content, published_at: published_at?.toISOString() };
};
const id = (number: number) => String(1_760_000_000_000_000_000n + BigInt(number));
const post = (number: number) => `https://x.com/i/status/${id(number)}`;
const [fx, vx] = ['api.fxtwitter.com', 'api.vxtwitter.com'];

describe('x through the real client', () => {
  it('is the same by whichever source, as far as each of them knows it', async () => {
    const known = async (number: number) => {
      const { raw_metadata, stats, author, ...content } = await read(post(number));
      return { source: raw_metadata['source'], likes: stats['like'], author: author?.id, content };
    };
    for (const number of [1, 2, 3, 4, 6, 12, 13]) {
      const best = await known(number);
      sandbox.spoil({ host: fx, mode: '502' });
      const second = await known(number);
      sandbox.spoil({ host: vx, mode: 'cut-body' });
      const last = await known(number);
      sandbox.heal();
      expect([best, second, last].map(({ source }) => source)).toEqual(['fxtwitter', 'vxtwitter', 'syndication']);
      for (const { source: _source, ...rest } of [second, last]) expect({ source: 'fxtwitter', ...rest }).toEqual(best);
    }
  });

  it('arrives with all that the demo shows', async () => {
    const content = await read(x.example);
    expect(content).toMatchObject({
      content_type: 'tweet',
      title: expect.stringMatching(/^Forty lamps along the old quay/),
      author: { id: 'harbour_lamps', name: 'Harbour Lamps' },
      tags: ['harbour', 'lamps', '@QuayOffice'],
      published_at: '2026-03-02T06:15:00.000Z',
      stats: { view: 10_200, like: 340 },
      media: [
        { kind: 'image', role: 'content', url: 'https://pbs.twimg.com/media/quay-at-dusk-1200x675.jpg?name=orig' },
      ],
    });
    const addresses = content.media.map(({ url }) => url).concat(content.author?.avatar_url ?? []);
    const files = await Promise.all(addresses.map((url) => http.fetch({ url })));
    expect(files.map(({ status, mime }) => [status, mime])).toEqual(addresses.map(() => [200, 'image/jpeg']));
  });

  it('collects a thread, and does without it when it cannot be had', async () => {
    expect(await read(post(8))).toMatchObject({
      content_type: 'thread',
      body_text: expect.stringMatching(/^How to light[^]*Trim the wick[^]*Strike a match/),
      raw_metadata: { thread: [id(7), id(8), id(9)] },
    });
    sandbox.spoil({ host: fx, path: '/thread/', mode: '500' });
    expect(await read(post(8))).toMatchObject({ content_type: 'tweet', body_text: '2. Trim the wick.' });
  });

  it('follows a short link without visiting what is behind it', async () => {
    expect(await read('https://t.co/boat000003')).toMatchObject({
      platform_id: id(3),
      canonical_url: post(3),
      media: [{ kind: 'image', role: 'cover' }, { kind: 'video' }],
    });
    await expect(read('https://t.co/news000001')).rejects.toMatchObject({ name: 'Unsupported' });
    await expect(read('https://t.co/gone0000')).rejects.toMatchObject({ name: 'NotFound' });
    expect(sandbox.journal.list({ host: 'news.example.com' })).toEqual([]);
    expect(sandbox.journal.list({ host: 'x.com' })).toEqual([]);
  });

  it.each([
    ['404', 'NotFound', 1],
    ['403', 'NotFound', 1],
    ['401', 'AccessDenied', 1],
    ['18', 'AccessDenied', 3],
    ['77', 'NotFound', 3],
  ])('post %s is %s after %i questions', async (number, name, questions) => {
    await expect(read(`https://x.com/i/status/${number}`)).rejects.toMatchObject({ name });
    expect(sandbox.journal.list({ service: 'x' })).toHaveLength(questions);
  });

  it('is tried again when all sources fail, and when only X could confirm that it is gone', async () => {
    sandbox.spoil({ service: 'x', mode: '429:7' });
    await expect(read(post(1))).rejects.toMatchObject({ name: 'RateLimited', retryAfterMs: 7_000 });
    sandbox.heal();
    sandbox.spoil({ host: 'cdn.syndication.twimg.com', mode: 'reset' });
    await expect(read('https://x.com/i/status/77')).rejects.toMatchObject({ name: 'NetworkError' });
  });
});
