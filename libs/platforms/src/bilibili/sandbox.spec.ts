import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { GuardedHttp } from '@vaultstream/runtime';
import { startSandbox, type Sandbox } from '@vaultstream/sandbox';
import { identify } from '../registry.ts';
import { bilibili } from './bilibili.platform.ts';

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

const read = (share: string) => {
  const log = { debug: () => undefined, warn: () => undefined };
  const extract = () => Promise.reject(new Error('Bilibili reads no pages'));
  const context = { http, settings: {}, signal: new AbortController().signal, log, extract, readFeed: extract };
  return bilibili.parse({ canonical: identify(share), sourceUrl: share }, context);
};
const post = (id: string) => `https://t.bilibili.com/${id}`;

describe('bilibili through the real client', () => {
  it.each([
    ['av170001', 'video', '凌晨四点的渔港：第一批渔船靠岸', 1],
    ['cv20001', 'article', '怎么看懂渔港的灯', 2],
    ['cv20002', 'article', '修灯塔笔记：擦一面百年透镜', 2],
    [post('900000000000030001'), 'dynamic', '渔港的九种蓝', 3],
    [post('900000000000200020'), 'article', '修灯塔笔记：擦一面百年透镜', 2],
    [post('900000000000030003'), 'dynamic', '起雾了，渡轮停航一天。', 1],
    [post('900000000000030004'), 'dynamic', '凌晨四点的渔港：第一批渔船靠岸', 1],
    [post('900000000000030005'), 'dynamic', '雾号还在响。', 1],
    [post('900000000000030006'), 'dynamic', '可惜', 0],
    ['https://www.bilibili.com/bangumi/play/ss4000', 'bangumi', '灯塔物语', 1],
    ['https://www.bilibili.com/bangumi/play/ep4002', 'bangumi', '灯塔物语 · 第2话 灯灭', 2],
    ['https://live.bilibili.com/5440', 'live', '渔港夜班直播', 1],
    ['https://space.bilibili.com/9001', 'user', '海边的阿岚', 2],
  ])('reads %s', async (share, type, title, pictures) => {
    const content = await read(share);
    expect(content).toMatchObject({ content_type: type, title });
    expect(content.author?.name).toBeTruthy();
    expect(content.body_text).toBeTruthy();
    expect(Object.keys(content.stats).length).toBeGreaterThan(1);
    expect(content.published_at === null).toBe(type === 'user');
    expect(content.media).toHaveLength(pictures);
    for (const { url } of content.media) expect(url).toMatch(/^https:\/\/i[01]\.hdslb\.com\/[^@]+$/);
  });

  it.each([
    ['https://b23.tv/harbor1', 'https://www.bilibili.com/video/BV17x411w7KC'],
    ['https://b23.tv/lamps01', 'https://www.bilibili.com/read/cv20001'],
    ['https://b23.tv/blues01', 'https://www.bilibili.com/opus/900000000000030001'],
    ['https://b23.tv/keeper1', 'https://www.bilibili.com/bangumi/play/ss4000'],
    ['https://bili2233.cn/shift01', 'https://live.bilibili.com/5440123'],
    ['https://b23.tv/alan001', 'https://space.bilibili.com/9001'],
    ['https://www.bilibili.com/bangumi/media/md400010', 'https://www.bilibili.com/bangumi/play/ss4000'],
    ['https://live.bilibili.com/5440', 'https://live.bilibili.com/5440123'],
    [post('900000000000200020'), 'https://www.bilibili.com/read/cv20002'],
  ])('%s is %s', async (share, address) => {
    expect((await read(share)).canonical_url).toBe(address);
  });

  it.each([
    ['404', 'NotFound'],
    ['400', 'NotFound'],
    ['62004', 'NotFound'],
    ['403', 'AccessDenied'],
    ['101', 'AccessDenied'],
    ['62002', 'AccessDenied'],
    ['62012', 'AccessDenied'],
    ['688', 'AccessDenied'],
    ['352', 'RateLimited'],
    ['353', 'RateLimited'],
    ['412', 'RateLimited'],
    ['509', 'RateLimited'],
    ['799', 'RateLimited'],
    ['500', 'UpstreamError'],
  ])('an id %s of any kind is %s', async (code, name) => {
    const shares = [
      `av${code}`,
      `cv${code}`,
      post(`999999999999${code.padStart(6, '0')}`),
      `https://www.bilibili.com/bangumi/play/ss${code}`,
      `https://live.bilibili.com/${code}`,
      `https://space.bilibili.com/${code}`,
    ];
    for (const share of shares) await expect(read(share)).rejects.toMatchObject({ name });
  });

  it.each([
    [post('900000000000030007'), 'AccessDenied'],
    ['https://b23.tv/song001', 'Unsupported'],
    ['https://b23.tv/nothing', 'NotFound'],
    ['https://live.bilibili.com/7', 'NotFound'],
  ])('%s is %s', async (share, name) => {
    await expect(read(share)).rejects.toMatchObject({ name });
  });

  it.each([
    ['503', 'UpstreamError'],
    ['429:7', 'RateLimited'],
    ['412', 'RateLimited'],
    ['cut-body', 'NetworkError'],
    ['reset', 'NetworkError'],
    ['wrong-type', 'BadPayload'],
  ])('12: the mode %s is %s', async (mode, name) => {
    sandbox.spoil({ service: 'bilibili', mode });
    await expect(read('cv20001')).rejects.toMatchObject({ name });
  });
});
