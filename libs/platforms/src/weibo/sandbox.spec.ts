import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { GuardedHttp } from '@vaultstream/runtime';
import { startSandbox, type Sandbox } from '@vaultstream/sandbox';
import { identify } from '../registry.ts';
import { weiboSettings } from './settings.ts';
import { weibo } from './weibo.platform.ts';

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

const read = (share: string, settings: object = {}) => {
  const log = { debug: () => undefined, warn: () => undefined };
  const extract = () => Promise.reject(new Error('Weibo hands no page on'));
  const signal = new AbortController().signal;
  const context = { http, settings: weiboSettings.parse(settings), signal, log, extract, readFeed: extract };
  return weibo.parse({ canonical: identify(share), sourceUrl: share }, context);
};

const status = (last: number) => `https://weibo.com/detail/49108151474623${String(last).padStart(2, '0')}`;
const refused = (code: string) => `https://m.weibo.cn/status/9999999999${code.padStart(6, '0')}`;

describe('weibo through the real client', () => {
  it.each([
    [weibo.example, '灯塔重新亮了', ['image', 'image']],
    [status(3), '一早的渔港，三张', ['image', 'image', 'video', 'image']],
    [status(4), '渔船靠岸的四分钟', ['image', 'video']],
    [status(5), '周末的渔港', ['image', 'image', 'video']],
    [status(6), '灯塔重新亮了', ['image', 'image']],
    [status(7), '可惜了', []],
  ])('reads %s, of either site alike', async (share, title, media) => {
    const desktop = await read(share);
    expect([desktop.title, desktop.media.map(({ kind }) => kind)]).toEqual([title, media]);
    expect(Object.keys(desktop.stats).length).toBeGreaterThan(2);
    expect(desktop.published_at).toBeInstanceOf(Date);
    sandbox.spoil({ host: 'weibo.com', mode: '503' });
    const mobile = await read(share);
    expect(mobile.raw_metadata['source']).toBe('m.weibo.cn');
    expect([mobile.title, mobile.author, mobile.published_at]).toEqual([title, desktop.author, desktop.published_at]);
    expect([...mobile.media.map(({ kind }) => kind)].sort()).toEqual([...media].sort());
  });

  it('its pictures are given to whoever comes from Weibo only', async () => {
    const [picture] = (await read(weibo.example)).media;
    const fetched = (headers: Record<string, string>) =>
      http.fetch({ url: picture?.url ?? '', maxBytes: 5_000_000, headers });
    expect((await fetched({})).status).toBe(403);
    expect((await fetched({ referer: 'https://weibo.com/' })).mime).toBe('image/jpeg');
  });

  it.each([
    ['http://t.cn/A6relit1', weibo.example],
    ['http://t.cn/A6film01', status(4)],
    ['https://mapp.api.weibo.cn/fx/A6relit1.html', weibo.example],
  ])('%s is %s', async (share, address) => {
    expect((await read(share)).canonical_url).toBe(address);
  });

  it('some are shown to accounts only', async () => {
    await expect(read(status(8))).rejects.toMatchObject({ name: 'AccessDenied' });
    expect((await read(status(8), { cookie: 'SUB=x; SUBP=y' })).title).toMatch(/^雾号/);
  });

  it.each([
    [refused('404'), 'NotFound'],
    [refused('403'), 'AccessDenied'],
    [refused('100'), 'AccessDenied'],
    [refused('302'), 'AccessDenied'],
    [refused('429'), 'RateLimited'],
    [refused('418'), 'RateLimited'],
    [refused('432'), 'RateLimited'],
    [refused('500'), 'UpstreamError'],
    ['http://t.cn/A6lamps1', 'Unsupported'],
    ['http://t.cn/A6gone01', 'NotFound'],
  ])('%s is %s', async (share, name) => {
    await expect(read(share)).rejects.toMatchObject({ name });
  });

  it.each([
    ['503', 'UpstreamError'],
    ['429:7', 'RateLimited'],
    ['432', 'RateLimited'],
    ['cut-body', 'NetworkError'],
    ['reset', 'NetworkError'],
    ['wrong-type', 'BadPayload'],
  ])('12: the mode %s is %s', async (mode, name) => {
    sandbox.spoil({ service: 'weibo', mode });
    await expect(read(weibo.example)).rejects.toMatchObject({ name });
  });
});
