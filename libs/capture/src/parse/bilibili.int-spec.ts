import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Settings } from '@vaultstream/store';
import { eventually, withServer, type TestServer } from '@vaultstream/testing';
import { captureApp, type CaptureApp } from '../../test/capture-app.ts';

const video = 'https://www.bilibili.com/video/BV17x411w7KC';
/** av1073741823 */
const second = 'BV1GJ4y1875S';
const [fromEnvironment, fromSettings] = ['canary-in-the-environment', 'canary-in-the-settings'];
const answer = {
  code: 0,
  data: {
    title: 'The lighthouse',
    desc: 'A garden in the salt.',
    pic: 'http://i0.hdslb.com/bfs/lighthouse.jpg',
    owner: { mid: 42, name: 'Mara', face: 'http://i0.hdslb.com/bfs/mara.jpg' },
    stat: { view: '1.2万', like: 7 },
    pubdate: 1_773_476_813,
  },
};

/** Stands in for Bilibili's API, its pages and b23.tv at once. */
let server: TestServer;
let app: CaptureApp;
beforeAll(async () => {
  server = await withServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
    const bvid = searchParams.get('bvid');
    if (pathname === '/AbC1dEf') return response.writeHead(302, { location: `${video}?share_source=copy_web` }).end();
    if (pathname === '/Second1')
      return response.writeHead(302, { location: `https://m.bilibili.com/video/${second}?p=1` }).end();
    if (pathname.startsWith('/video/')) return response.writeHead(412).end('risk control');
    response.setHeader('content-type', 'application/json');
    if (pathname === '/x/tag/archive/tags') return response.end('{"code":0,"data":[{"tag_name":"灯塔"}]}');
    if (bvid === 'BV17x411w7KC' || bvid === second) return response.end(JSON.stringify(answer));
    return response.end('{"code":-403,"message":"访问权限不足"}');
  });
  const hosts = ['api.bilibili.com', 'www.bilibili.com', 'm.bilibili.com', 'b23.tv'].map(
    (host) => `${host}=${server.url}`,
  );
  app = await captureApp(
    { FETCH_HOST_OVERRIDES: hosts.join(','), BILIBILI_SESSDATA: fromEnvironment, BILIBILI_BUVID3: 'B-3' },
    { workers: true },
  );
}, 60_000);
afterAll(async () => {
  await app.close();
  await server.close();
});

const share = async (url: string) => (await app.request('POST', '/shares', { url })).body;
const until = (id: number, condition: (content: { id: number; status: string }) => boolean) =>
  eventually(
    async () => {
      const { body } = await app.request('GET', `/contents/${id}`);
      return condition(body) && body;
    },
    { timeoutMs: 40_000 },
  );
const apiCalls = () => server.requests.filter(({ url }) => url.startsWith('/x/web-interface/view'));

describe('a video of Bilibili, from share to content', () => {
  it('2: av, BV, short link and bare id are one content with four sources', async () => {
    const shared = [];
    for (const url of [
      'https://m.bilibili.com/video/av170001?vd_source=x',
      `${video}/?spm_id_from=333.1007`,
      'https://b23.tv/AbC1dEf?share_medium=android',
      '看看 BV17x411w7KC 不错',
    ])
      shared.push(await share(url));
    const [av, bv, short, bare] = shared;
    expect([bv.content_id, bare.content_id]).toEqual([av.content_id, av.content_id]);
    expect(short).toMatchObject({ platform: 'bilibili', canonical_url: 'https://b23.tv/AbC1dEf' });
    const content = await until(av.content_id, ({ status }) => status === 'PULLED');
    expect(content).toMatchObject({
      platform_id: 'BV17x411w7KC',
      canonical_url: video,
      title: 'The lighthouse',
      author: { id: '42', name: 'Mara', url: 'https://space.bilibili.com/42' },
      stats: { view: 12_000, like: 7 },
      tags: ['灯塔'],
      published_at: '2026-03-14T08:26:53.000Z',
    });
    expect(content.media).toMatchObject([{ role: 'cover', origin_url: 'https://i0.hdslb.com/bfs/lighthouse.jpg' }]);
    const merged = await until(short.content_id, ({ id }) => id === av.content_id);
    expect(merged.sources).toHaveLength(4);
    expect(await app.rows('SELECT count(*)::int AS n FROM contents WHERE merged_into IS NULL')).toEqual([{ n: 1 }]);
    // From now on the short link is a known name.
    expect(await share('b23.tv/AbC1dEf')).toMatchObject({
      content_id: av.content_id,
      created: false,
      status: 'PULLED',
    });
  }, 60_000);

  it('2: a short link that came first takes in every other name of its video', async () => {
    const { content_id } = await share('https://b23.tv/Second1');
    await until(content_id, ({ status }) => status === 'PULLED');
    for (const url of ['av1073741823', second, `https://m.bilibili.com/video/${second}`])
      expect(await share(url)).toMatchObject({ content_id, created: false, status: 'PULLED' });
    const content = await until(content_id, () => true);
    expect(content.sources).toHaveLength(4);
    // What it was shared by stays known; what it is called is what it leads to.
    expect(content).toMatchObject({
      url: 'https://b23.tv/Second1',
      canonical_url: `https://www.bilibili.com/video/${second}`,
      platform_id: second,
    });
    expect(await share('b23.tv/Second1')).toMatchObject({
      content_id,
      canonical_url: `https://www.bilibili.com/video/${second}`,
    });
  }, 60_000);

  it('9, S22, A16: cookies come from the environment, then from the settings, reach the API alone and are never written down', async () => {
    const id = (await share(video)).content_id as number;
    await until(id, ({ status }) => status === 'PULLED');
    const again = async () => {
      const before = apiCalls().length;
      expect(await app.request('POST', `/contents/${id}/retry?force=true`)).toMatchObject({ status: 202 });
      await eventually(async () => apiCalls().length > before, { timeoutMs: 40_000 });
      await until(id, ({ status }) => status === 'PULLED');
      return apiCalls().at(-1)?.headers.cookie;
    };
    expect(await again()).toBe(`SESSDATA=${fromEnvironment}; buvid3=B-3`);
    const set = async (value: string) => {
      const key = 'platform.bilibili.sessdata';
      await app.db.transact((tx) => app.get(Settings).put(tx, { key, value, secret: true }));
      app.get(Settings).forget();
    };
    await set(fromSettings);
    expect(await again()).toBe(`SESSDATA=${fromSettings}; buvid3=B-3`);
    // As an older release could have left it: passed over, and its key named.
    await set(`${fromSettings}; injected=1`);
    expect(await again()).toBe(`SESSDATA=${fromEnvironment}; buvid3=B-3`);
    const warning = { level: 'warn', key: 'platform.bilibili.sessdata', sources: ['database'], content_id: id };
    expect(app.lines()).toContainEqual(expect.objectContaining(warning));

    const denied = (await share('BV1xx411c7mD')).content_id as number;
    const failed = await until(denied, ({ status }) => status === 'FAILED');
    expect(failed).toMatchObject({ last_error_type: 'AccessDenied' });
    const letters = await app.rows('SELECT * FROM dead_letters');
    expect(letters).toMatchObject([{ reason: 'auth_required', attempts: 1 }]);

    const elsewhere = server.requests.filter(({ url }) => !url.startsWith('/x/'));
    expect(elsewhere.length).toBeGreaterThan(0);
    expect(elsewhere.filter(({ headers }) => headers.cookie !== undefined)).toEqual([]);
    const contents = await app.request('GET', `/contents/${id}`);
    const events = await app.rows('SELECT payload FROM events');
    const seen = JSON.stringify([app.lines(), contents.body, failed, letters, events]);
    for (const secret of [fromEnvironment, fromSettings]) expect(seen).not.toContain(secret);
  }, 60_000);
});
