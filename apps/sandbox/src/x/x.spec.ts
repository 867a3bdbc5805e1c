import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startSandbox, type Sandbox } from '../sandbox.ts';
import { postId, posts } from './posts.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterEach(() => sandbox.reset());
afterAll(() => sandbox.stop());

const get = async (path: string, init: RequestInit = {}) => {
  const response = await fetch(`${sandbox.url}/${path}`, { redirect: 'manual', ...init });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: json(text) };
};
const json = (text: string) => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
const syndicated = (id: string) => get(`cdn.syndication.twimg.com/tweet-result?id=${id}&lang=en&token=x`);

describe('x', () => {
  it('shows each post through all of its sources', async () => {
    for (const [id, { by, likes }] of posts) {
      const [second, first, vx, own] = await Promise.all([
        get(`api.fxtwitter.com/2/status/${id}`),
        get(`api.fxtwitter.com/i/status/${id}`),
        get(`api.vxtwitter.com/i/status/${id}`),
        syndicated(id),
      ]);
      expect(second.body).toMatchObject({ code: 200, status: { id, likes, author: { screen_name: by.handle } } });
      expect(first.body).toMatchObject({ code: 200, tweet: { id, likes, author: { screen_name: by.handle } } });
      expect(vx.body).toMatchObject({ tweetID: id, likes, user_screen_name: by.handle });
      expect(own.body).toMatchObject({ id_str: id, favorite_count: likes, user: { screen_name: by.handle } });
    }
  });

  it('tells a thread from any of its posts, in order', async () => {
    for (const id of [7, 8, 9].map(postId)) {
      const { body } = await get(`api.fxtwitter.com/2/thread/${id}`);
      expect(body.thread.map((each: { id: string }) => each.id)).toEqual([7, 8, 9].map(postId));
    }
    expect((await get(`api.fxtwitter.com/2/status/${postId(9)}`)).body.thread).toBeNull();
  });

  it.each([
    ['404', 404, 'deleted', 'deleted by the Post author'],
    ['403', 404, 'suspended', 'suspended account'],
    ['401', 401, undefined, 'limits who can view'],
    ['18', 404, 'unavailable', 'Age-restricted'],
  ])('says why post %s is not there', async (id, code, reason, sentence) => {
    const { status, body } = await get(`api.fxtwitter.com/2/status/${id}`);
    expect([status, body.code, body.status?.reason]).toEqual([code, code, reason]);
    expect((await get(`api.vxtwitter.com/i/status/${id}`)).text).toContain('Failed to scan your link');
    expect((await syndicated(id)).body).toMatchObject({
      __typename: 'TweetTombstone',
      tombstone: { text: { text: expect.stringContaining(sentence) } },
    });
  });

  it('knows nothing of other ids', async () => {
    expect((await get('api.fxtwitter.com/2/status/77')).body).toEqual({
      code: 404,
      status: null,
      thread: null,
      author: null,
    });
    expect((await get('api.fxtwitter.com/i/status/77')).body).toEqual({ code: 404, message: 'NOT_FOUND' });
    expect((await syndicated('77')).status).toBe(404);
    expect((await get(`cdn.syndication.twimg.com/tweet-result?id=${postId(1)}`)).status).toBe(404);
  });

  it('escapes and shortens in its own endpoint only', async () => {
    const { text, entities } = (await syndicated(postId(1))).body;
    expect(text).toContain('Oil &amp; wicks');
    expect(text).toMatch(/https:\/\/t\.co\/link000000 https:\/\/t\.co\/media00001$/);
    expect(entities.urls[0].expanded_url).toBe('https://news.example.com/2026/03/harbour-lamps');
    expect((await syndicated(postId(10))).body).toMatchObject({ text: expect.stringMatching(/…$/), note_tweet: {} });
  });

  it('has the files that it names', async () => {
    const { body } = await get(`api.fxtwitter.com/2/status/${postId(3)}`);
    const [film] = body.status.media.all;
    const types = [film.thumbnail_url, film.url, body.status.author.avatar_url].map(async (url: string) =>
      (await get(url.replace('https://', ''))).headers.get('content-type'),
    );
    expect(await Promise.all(types)).toEqual(['image/jpeg', 'video/mp4', 'image/jpeg']);
  });

  it('leads a browser on by a page, others by a redirect', async () => {
    const browser = await get('t.co/lamps00001', { headers: { 'user-agent': 'Mozilla/5.0' } });
    expect([browser.status, browser.text]).toEqual([
      200,
      expect.stringContaining(`/status/${postId(1)}?s=20&amp;t=Ab`),
    ]);
    const other = await get('t.co/boat000003', { headers: { 'user-agent': 'tool' } });
    expect([other.status, other.headers.get('location')]).toEqual([301, expect.stringContaining(postId(3))]);
    expect((await get('t.co/gone')).status).toBe(404);
  });

  it('breaks one source without the others', async () => {
    sandbox.spoil({ host: 'api.fxtwitter.com', mode: '429:7' });
    const broken = await get(`api.fxtwitter.com/2/status/${postId(1)}`);
    expect([broken.status, broken.headers.get('retry-after'), broken.body.code]).toEqual([429, '7', 429]);
    expect((await get(`api.vxtwitter.com/i/status/${postId(1)}`)).status).toBe(200);
  });
});
