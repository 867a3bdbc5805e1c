import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { GuardedHttp } from '@vaultstream/runtime';
import { startSandbox, type Sandbox } from '@vaultstream/sandbox';
import { identify } from '../registry.ts';
import { feed } from './feed.platform.ts';
import { directReader } from './direct-reader.ts';
import { fetchFeed } from './fetch-feed.ts';

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

const site = 'https://feeds.example.org';
const signal = new AbortController().signal;
const read = (share: string) => {
  const log = { debug: () => undefined, warn: () => undefined };
  const extract = () => Promise.reject(new Error('no page is read here'));
  return feed.parse(
    { canonical: identify(share), sourceUrl: share },
    { http, settings: {}, signal, log, extract, readFeed: directReader.readFeed },
  );
};

describe('feeds through the real client', () => {
  it.each(['rss.xml', 'index.rdf', 'atom.xml', 'feed.json'])(
    'reads %s: the same entries in every format',
    async (name) => {
      expect(await read(`${site}/${name}`)).toMatchObject({
        content_type: 'feed',
        title: 'The Sandbox Gazette',
        published_at: new Date('2026-03-03T08:00:00Z'),
        stats: { entries: 3 },
        raw_metadata: { subscribe_url: `${site}/${name}`, site_url: `${site}/` },
      });
      const answer = await fetchFeed({ http, reader: directReader, signal }, `${site}/${name}`);
      if (answer.kind !== 'feed') throw new Error('no feed');
      expect(answer.feed.entries).toMatchObject([
        {
          url: `${site}/posts/2`,
          title: 'Bread in the cold',
          author: 'Mirela Stan',
          published: new Date('2026-03-03T08:00:00Z'),
        },
        { url: `${site}/posts/1`, title: 'The harbour wakes' },
        { url: `${site}/posts/0`, title: 'A lamp is lit' },
      ]);
      expect(await fetchFeed({ http, reader: directReader, signal }, `${site}/${name}`, answer)).toEqual({
        kind: 'unchanged',
        movedTo: null,
      });
    },
  );

  it('is led to a feed by its page, and by a permanent redirect', async () => {
    expect(await fetchFeed({ http, reader: directReader, signal }, `${site}/`)).toMatchObject({
      feeds: [`${site}/rss.xml`, `${site}/atom.xml`],
    });
    expect(await fetchFeed({ http, reader: directReader, signal }, `${site}/moved.xml`)).toMatchObject({
      kind: 'feed',
      movedTo: `${site}/rss.xml`,
    });
  });

  it.each([
    ['gone.xml', { name: 'NotFound', status: 410 }],
    ['busy.xml', { name: 'UpstreamError', retryAfterMs: 120_000 }],
    ['bomb.xml', { name: 'BadPayload' }],
  ])('%s', async (name, error) => {
    await expect(fetchFeed({ http, reader: directReader, signal }, `${site}/${name}`)).rejects.toMatchObject(error);
  });

  it('S9: a bomb of gzip ends at the limit', async () => {
    sandbox.spoil({ service: 'feeds', mode: 'gzip-bomb' });
    await expect(fetchFeed({ http, reader: directReader, signal }, `${site}/rss.xml`)).rejects.toMatchObject({
      name: 'BadPayload',
    });
  });
});
