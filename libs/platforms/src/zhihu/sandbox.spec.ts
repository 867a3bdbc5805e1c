import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { GuardedHttp } from '@vaultstream/runtime';
import { startSandbox, type Sandbox } from '@vaultstream/sandbox';
import { identify } from '../registry.ts';
import { zhihuSettings } from './settings.ts';
import { zhihu } from './zhihu.platform.ts';

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
  const extract = () => Promise.reject(new Error('Zhihu hands no page on'));
  const signal = new AbortController().signal;
  const context = { http, settings: zhihuSettings.parse(settings), signal, log, extract, readFeed: extract };
  return zhihu.parse({ canonical: identify(share), sourceUrl: share }, context);
};

const kinds = ['answer', 'question', 'pin'] as const;
const everyKind = (id: string) => [
  ...kinds.map((kind) => `https://www.zhihu.com/${kind}/${id}`),
  `https://zhuanlan.zhihu.com/p/${id}`,
];

describe('zhihu through the real client', () => {
  it.each([
    [zhihu.example, 'answer', '灯塔的光能照多远？', ['image']],
    ['https://www.zhihu.com/question/20000001', 'question', '灯塔的光能照多远？', ['image']],
    ['https://zhuanlan.zhihu.com/p/600000001', 'article', '一座灯塔的一百二十年', ['image', 'image']],
    ['https://www.zhihu.com/pin/1700000000000000001', 'pin', '雾散了。', ['image']],
    ['https://www.zhihu.com/pin/1700000000000000002', 'pin', '换灯的四分钟', ['image', 'video']],
  ])('reads %s, from its page alike', async (share, type, title, media) => {
    const { raw_metadata, ...content } = await read(share);
    expect(content).toMatchObject({ content_type: type, title });
    expect(content.media.map(({ kind }) => kind)).toEqual(media);
    expect([content.author?.name, content.published_at]).toEqual([expect.any(String), expect.any(Date)]);
    expect(Object.keys(content.stats).length).toBeGreaterThan(1);
    const [picture] = content.media;
    expect((await http.fetch({ url: picture?.url ?? '', maxBytes: 5_000_000 })).mime).toBe('image/jpeg');
    sandbox.spoil({ service: 'zhihu', path: '/api/', mode: '503' });
    const fromPage = await read(share);
    expect([raw_metadata['source'], fromPage.raw_metadata['source']]).toEqual(['api', 'page']);
    expect(fromPage).toMatchObject(content);
  });

  it('reads by its page what the API wants a signature for', async () => {
    const content = await read('https://www.zhihu.com/answer/30000002');
    expect(content).toMatchObject({ title: '灯塔的光能照多远？', author: { id: null, name: '匿名用户' } });
    expect(content.raw_metadata).toMatchObject({ source: 'page' });
  });

  it.each([
    ['404', 'NotFound'],
    ['401', 'AccessDenied'],
    ['10003', 'AccessDenied'],
    ['40352', 'RateLimited'],
    ['40362', 'RateLimited'],
    ['403', 'RateLimited'],
    ['500', 'UpstreamError'],
  ])('an id %s of any kind is %s', async (id, name) => {
    for (const share of everyKind(id)) await expect(read(share)).rejects.toMatchObject({ name });
  });

  it.each([
    ['503', 'UpstreamError'],
    ['429:7', 'RateLimited'],
    ['cut-body', 'NetworkError'],
    ['reset', 'NetworkError'],
    ['wrong-type', 'BadPayload'],
  ])('12: the mode %s is %s', async (mode, name) => {
    sandbox.spoil({ service: 'zhihu', mode });
    await expect(read(zhihu.example)).rejects.toMatchObject({ name });
  });
});
