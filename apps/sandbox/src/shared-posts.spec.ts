import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { posts as redditPosts } from './reddit/posts.ts';
import { startSandbox, type Sandbox } from './sandbox.ts';
import { posts as telegramPosts } from './telegram-web/posts.ts';
import { videos } from './youtube/videos.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterEach(() => sandbox.reset());
afterAll(() => sandbox.stop());

const get = async (path: string, headers: Record<string, string> = {}) => {
  const response = await fetch(`${sandbox.url}/${path}`, { redirect: 'manual', headers });
  return { status: response.status, headers: response.headers, text: await response.text() };
};

describe('the page of a Telegram post', () => {
  it('shows each post under each of its numbers', async () => {
    for (const [id, { views }] of telegramPosts) {
      const { status, text } = await get(`t.me/Harbour_Lamps/${id}?embed=1&mode=tme`);
      expect([status, text.includes(`data-post="Harbour_Lamps/${id}"`), text.includes(views)]).toEqual([
        200,
        true,
        true,
      ]);
    }
  });

  it.each([
    ['harbour_lamps/404', 'Post not found'],
    ['harbour_lamps/403', 'violated local laws'],
    ['harbour_lamps/18', 'Please open Telegram'],
    ['somebody_else/1', 'Channel with username'],
  ])('%s says why there is none', async (path, sentence) => {
    expect(await get(`t.me/${path}?embed=1`)).toMatchObject({ status: 200, text: expect.stringContaining(sentence) });
  });
});

describe('YouTube', () => {
  it('tells sites what it lets them show, and asks readers for consent', async () => {
    for (const [id, { title, embeddable = true }] of videos) {
      const embed = await get(`www.youtube.com/oembed?format=json&url=https://www.youtube.com/watch?v=${id}`);
      expect([embed.status, embed.text.includes(title)]).toEqual(embeddable ? [200, true] : [401, false]);
      const page = await get(`www.youtube.com/watch?v=${id}`, { cookie: 'SOCS=CAI' });
      expect(page.text).toContain(`"videoId":"${id}"`);
    }
    const asked = await get('www.youtube.com/watch?v=HarbLamps01');
    expect([asked.status, asked.headers.get('location')]).toEqual([302, expect.stringMatching(/^https:\/\/consent\./)]);
  });

  it('has no larger pictures than it lists', async () => {
    const statusOf = async (name: string) => (await get(`i.ytimg.com/vi/${name}.jpg`)).status;
    expect(await Promise.all(['HarbLamps01/default', 'HarbWicks02/sddefault'].map(statusOf))).toEqual([200, 200]);
    expect(await Promise.all(['HarbWicks02/maxresdefault', 'HarbNothing/default'].map(statusOf))).toEqual([404, 404]);
  });
});

describe('Reddit', () => {
  it('lists each post with its comments', async () => {
    for (const [id, { title }] of redditPosts) {
      const { text } = await get(`www.reddit.com/comments/${id}.json`, { 'user-agent': 'spec' });
      expect(JSON.parse(text)).toMatchObject([{ data: { children: [{ kind: 't3', data: { id, title } }] } }, {}]);
    }
  });

  it('blocks an address, and says when to come again', async () => {
    sandbox.spoil({ service: 'reddit', mode: '403x1' });
    expect(await get('www.reddit.com/comments/1harbr1.json')).toMatchObject({
      text: expect.stringContaining('whoa there'),
    });
    sandbox.spoil({ service: 'reddit', mode: '429:7' });
    expect((await get('www.reddit.com/comments/1harbr1.json')).headers.get('x-ratelimit-reset')).toBe('7');
  });
});

describe('GitHub', () => {
  const ask = (path: string, headers = {}) => get(`api.github.com${path}`, { 'user-agent': 'spec', ...headers });

  it('leads from an old name to the number, and on to the new one', async () => {
    const moved = await ask('/repos/harbour-lamps/lamp-minder/issues/12');
    expect([moved.status, moved.headers.get('location')]).toEqual([
      301,
      'https://api.github.com/repositories/1/issues/12',
    ]);
    expect(await ask('/repositories/1/issues/12')).toMatchObject({
      status: 200,
      text: expect.stringContaining('/lamp-keeper/issues/12'),
    });
  });

  it('counts, and says when the hour is over', async () => {
    expect((await ask('/repos/harbour-lamps/wicks')).headers.get('x-ratelimit-remaining')).toBe('58');
    sandbox.spoil({ service: 'github', mode: '429:60' });
    const spent = await ask('/repos/harbour-lamps/wicks');
    expect([spent.status, spent.headers.get('x-ratelimit-remaining')]).toEqual([403, '0']);
    expect(Number(spent.headers.get('x-ratelimit-reset'))).toBeGreaterThan(Date.now() / 1_000);
  });

  it.each([
    ['/repos/harbour-lamps/forbidden', {}, 403],
    ['/repos/harbour-lamps/taken-down', {}, 451],
    ['/repos/harbour-lamps/wicks/readme', {}, 404],
    ['/repos/harbour-lamps/wicks', { authorization: 'Bearer bad' }, 401],
  ])('answers %s with %j by %i', async (path, headers, status) => {
    expect((await ask(path, headers)).status).toBe(status);
  });
});
