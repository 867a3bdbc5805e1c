import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { GuardedHttp } from '@vaultstream/runtime';
import { startSandbox, type Sandbox } from '@vaultstream/sandbox';
import { identify } from '../registry.ts';
import { xiaohongshuSettings } from './settings.ts';
import { xiaohongshu } from './xiaohongshu.platform.ts';

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
  const extract = () => Promise.reject(new Error('Xiaohongshu hands no page on'));
  const signal = new AbortController().signal;
  const context = { http, settings: xiaohongshuSettings.parse(settings), signal, log, extract, readFeed: extract };
  return xiaohongshu.parse({ canonical: identify(share), sourceUrl: share }, context);
};

const note = (end: string) => `https://www.xiaohongshu.com/explore/6411cf99000000001300b6${end}`;
const refused = (code: string) => `https://www.xiaohongshu.com/explore/${'f'.repeat(18)}${code.padStart(6, '0')}`;

describe('xiaohongshu through the real client', () => {
  it.each([
    [xiaohongshu.example, '灯塔下的早餐', ['image', 'image', 'image', 'video'], { like: 12_000, collect: 3_456 }],
    [note('da'), '换一盏灯要几步？ #灯塔', ['image', 'video'], { like: 10, share: 4 }],
    [`${note('db')}?xsec_token=ABsandboxsandboxsandbox=&xsec_source=pc_share`, '起雾了', ['image'], { like: 99 }],
  ])('reads %s', async (share, title, media, stats) => {
    const content = await read(share);
    expect(content).toMatchObject({ title, stats });
    expect(content.media.map(({ kind }) => kind)).toEqual(media);
    expect([content.author?.name, content.published_at]).toEqual([expect.any(String), expect.any(Date)]);
    const [picture] = content.media;
    expect((await http.fetch({ url: picture?.url ?? '', maxBytes: 5_000_000 })).mime).toBe('image/jpeg');
  });

  it.each([
    ['http://xhslink.com/a/Noodles1', xiaohongshu.example],
    ['http://xhslink.com/m/TheFog01', note('db')],
  ])('%s is %s, and brings its token', async (share, address) => {
    expect((await read(share)).canonical_url).toBe(address);
  });

  it('a note without its token is shown to accounts only', async () => {
    await expect(read(note('db'))).rejects.toMatchObject({ name: 'AccessDenied' });
    expect((await read(note('db'), { cookie: 'a1=x; web_session=y' })).title).toBe('起雾了');
  });

  it.each([
    [refused('404'), 'NotFound'],
    [note('ff'), 'NotFound'],
    [refused('101'), 'AccessDenied'],
    [refused('300011'), 'AccessDenied'],
    [refused('300031'), 'AccessDenied'],
    [`${refused('300031')}?xsec_token=ABsomethingelse=`, 'NotFound'],
    [refused('300012'), 'RateLimited'],
    [refused('461'), 'RateLimited'],
    [refused('471'), 'RateLimited'],
    [refused('500'), 'UpstreamError'],
    ['http://xhslink.com/o/Keeper01', 'Unsupported'],
    ['http://xhslink.com/o/Nothing1', 'NotFound'],
  ])('%s is %s', async (share, name) => {
    await expect(read(share)).rejects.toMatchObject({ name });
  });

  it.each([
    ['503', 'UpstreamError'],
    ['429:7', 'RateLimited'],
    ['461', 'RateLimited'],
    ['cut-body', 'NetworkError'],
    ['reset', 'NetworkError'],
    ['wrong-type', 'BadPayload'],
  ])('12: the mode %s is %s', async (mode, name) => {
    sandbox.spoil({ service: 'xiaohongshu', mode });
    await expect(read(xiaohongshu.example)).rejects.toMatchObject({ name });
  });
});
