import { createHash } from 'node:crypto';
import iconv from 'iconv-lite';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { bvidOf } from './bilibili/ids.ts';
import { startSandbox, type Sandbox } from './sandbox.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterEach(() => sandbox.reset());
afterAll(() => sandbox.stop());

const get = (path: string, init: RequestInit = {}) => fetch(`${sandbox.url}${path}`, init);
const control = async (method: string, path: string, body?: unknown) => {
  const response = await get(`/_control/${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: JSON.parse(await response.text()) };
};

describe('the sites', () => {
  it('are a dozen pages whose pictures exist', async () => {
    expect(sandbox.site.pages).toHaveLength(12);
    for (const { host, path, title, pictures, charset } of sandbox.site.pages) {
      const response = await get(`/${host}${path}`);
      const html = iconv.decode(Buffer.from(await response.arrayBuffer()), charset ?? 'utf-8');
      expect([response.status, html.includes(title.split(/[<&]/)[0] ?? '')]).toEqual([200, true]);
      for (const { file } of pictures.filter((picture) => !picture.file.startsWith('broken-')))
        expect((await get(`/${host}/pictures/${file}`)).headers.get('content-type')).toMatch(/^image\/(png|jpeg)$/);
    }
    // It draws two dozen pictures: seconds on a busy machine.
  }, 60_000);

  it('have one page of each special kind', () => {
    const { pages } = sandbox.site;
    expect(pages.filter(({ charset }) => charset === 'gb18030')).toHaveLength(1);
    expect(pages.filter(({ canonical }) => canonical !== undefined)).toHaveLength(1);
    expect(pages.filter(({ pictures }) => pictures.length === 12)).toHaveLength(1);
    expect(pages.filter(({ pictures }) => pictures.some(({ file }) => file.startsWith('broken-')))).toHaveLength(1);
  });

  it('go on without an end: each number is a page of its own with pictures that exist', async () => {
    const article = async (path: string) => fetch(`${sandbox.url}/news.example.com/articles/${path}`);
    const [one, other] = await Promise.all(['7', '8'].map(async (path) => (await article(path)).text()));
    expect(one).toContain('<link rel="canonical" href="https://news.example.com/articles/7">');
    expect(other).toContain('Day 8 of the light');
    const files = [...(one ?? '').matchAll(/\/pictures\/[\w.-]+/g)].map(([file]) => file);
    expect(new Set(files).size).toBe(2);
    for (const file of files) expect((await fetch(`${sandbox.url}/news.example.com${file}`)).status).toBe(200);
    expect((await article('0')).status).toBe(404);
  });

  it('draw one name always the same', async () => {
    const digest = async (host: string, name: string) =>
      createHash('sha256')
        .update(Buffer.from(await (await get(`/${host}/pictures/${name}`)).arrayBuffer()))
        .digest('hex');
    expect(await digest('news.example.com', 'a-40x30.png')).toBe(await digest('blog.example.org', 'a-40x30.png'));
    expect(await digest('news.example.com', 'a-40x30.png')).not.toBe(await digest('news.example.com', 'b-40x30.png'));
    expect((await get('/news.example.com/pictures/a-40x30.gif')).status).toBe(404);
    expect((await get('/elsewhere.example.com/')).status).toBe(404);
  });
});

describe('bilibili', () => {
  const view = async (query: string, headers = {}) => {
    const response = await get(`/api.bilibili.com/x/web-interface/view?${query}`, { headers });
    return { status: response.status, ...JSON.parse(await response.text()) };
  };

  it('knows a video by both of its ids', async () => {
    expect(bvidOf(170001)).toBe('BV17x411w7KC');
    const [byAid, byBvid] = [await view('aid=170001'), await view('bvid=BV17x411w7KC')];
    expect(byAid).toEqual(byBvid);
    expect(byAid).toMatchObject({ code: 0, data: { aid: 170001, owner: { mid: 9001 }, stat: { view: 128341 } } });
    const picture = await get(byAid.data.pic.replace('http://', '/'));
    expect(picture.headers.get('content-type')).toBe('image/jpeg');
  });

  it.each([
    ['aid=404', 200, -404],
    ['aid=62002', 200, 62002],
    ['aid=403', 200, -403],
    ['aid=352', 200, -352],
    ['aid=412', 412, -412],
    [`bvid=${bvidOf(62012)}`, 200, 62012],
    ['bvid=BV1111111111', 200, -404],
    ['', 200, -400],
  ])('answers %s with status %i and code %i', async (query, status, code) => {
    expect(await view(query)).toMatchObject({ status, code });
  });

  it('shows some videos only to members', async () => {
    expect(await view('aid=4030')).toMatchObject({ code: -403 });
    expect(await view('aid=4030', { cookie: 'buvid3=x; SESSDATA=y' })).toMatchObject({ code: 0, data: { aid: 4030 } });
  });

  it('resolves short links', async () => {
    const short = await get('/b23.tv/night22', { redirect: 'manual' });
    expect([short.status, short.headers.get('location')]).toEqual([
      302,
      expect.stringMatching(`^https://www.bilibili.com/video/${bvidOf(170002)}\\?`),
    ]);
    expect(await (await get('/b23.tv/gone')).json()).toMatchObject({ code: -404 });
  });
});

describe('the webhook receiver', () => {
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  const body = JSON.stringify({ type: 'content.pulled', data: {} });
  const send = (id: string, key: string) => {
    const at = new Date();
    const headers = {
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
      'webhook-signature': new Webhook(key).sign(id, at, body),
    };
    return get('/hooks.example.com/vault', { method: 'POST', body, headers });
  };

  it('takes what is signed, counts what is repeated, refuses the rest', async () => {
    expect((await send('m0', secret)).status).toBe(401);
    sandbox.webhook.setSecret(secret, '/vault');
    for (const id of ['m1', 'm2', 'm1']) expect((await send(id, secret)).status).toBe(204);
    expect((await send('m3', `whsec_${Buffer.alloc(24).toString('base64')}`)).status).toBe(401);
    expect(sandbox.webhook.calls.map(({ id, type, repeats }) => [id, type, repeats])).toEqual([
      ['m1', 'content.pulled', 0],
      ['m2', 'content.pulled', 0],
      ['m1', 'content.pulled', 1],
    ]);
    expect(sandbox.webhook.refused).toBe(2);
  });
});

describe('the control endpoints', () => {
  it('tell how often, in which order and with which body something came', async () => {
    for (const [path, body] of [
      ['/a', 'one'],
      ['/b', 'two'],
      ['/a', 'three'],
    ] as const)
      await get(`/hooks.example.com${path}`, { method: 'POST', body });
    const { body } = await control('GET', 'log?service=webhook');
    expect(body.counts).toEqual([
      { request: 'POST hooks.example.com/a', count: 2 },
      { request: 'POST hooks.example.com/b', count: 1 },
    ]);
    expect(body.entries.map(({ seq, digest }: { seq: number; digest: string }) => [seq, digest])).toEqual(
      ['one', 'two', 'three'].map((text, index) => [index + 1, createHash('sha256').update(text).digest('hex')]),
    );
    await control('POST', 'reset', {});
    expect((await control('GET', 'log')).body.count).toBe(0);
  });

  it('switch modes, bots, chats and rates', async () => {
    const { body } = await control('POST', 'modes', { service: 'site', mode: '500' });
    expect((await get('/blog.example.org/')).status).toBe(500);
    await control('DELETE', `modes?id=${body.id}`);
    expect((await get('/blog.example.org/')).status).toBe(200);
    await control('POST', 'telegram/chats', { id: -7, state: 'kicked' });
    await control('POST', 'telegram/rates', { chat: { messages: 1, seconds: 1 } });
    expect(sandbox.telegram.chats.list()).toContainEqual(expect.objectContaining({ id: -7, state: 'kicked' }));
    expect(sandbox.telegram.limit.rates).toEqual({ chat: { messages: 1, seconds: 1 }, group: null, bot: null });
  });

  it('name what is wrong', async () => {
    expect((await control('POST', 'modes', { mode: 'tired' })).status).toBe(400);
    expect((await control('POST', 'telegram/chats', { id: 'x' })).status).toBe(400);
    expect((await control('POST', 'nothing', {})).body.controls).toContain('GET log');
  });

  it('list every public host for FETCH_HOST_OVERRIDES', async () => {
    const { body } = await control('GET', '');
    expect(body.hosts).toBe(sandbox.hosts);
    expect(sandbox.hosts).toContain(`news.example.com=${sandbox.url}/news.example.com`);
  });

  it('name another address where others reach it by one, as in a container', async () => {
    const other = await startSandbox({ host: '127.0.0.1', publicUrl: 'http://sandbox:9901' });
    expect(other.hosts).toContain('hooks.example.com=http://sandbox:9901/hooks.example.com');
    await other.stop();
  });
});
