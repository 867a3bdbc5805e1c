import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@vaultstream/testing';
import { feedRig, rss, site, type FeedRig } from '../../test/feed-rig.ts';

let rig: FeedRig;
beforeAll(async () => {
  rig = await feedRig();
});
afterAll(() => rig.close());
beforeEach(() => rig.reset());

const post = (body: object) => rig.app.request('POST', '/feeds', body);

describe('subscribing', () => {
  it('keeps a feed with its first poll, and tells what it is', async () => {
    rig.replies.set('/feed.xml', { body: rss('a') });
    const { status, body } = await post({ url: `${site}/feed.xml`, tags: ['lamps'] });
    expect({ status, body }).toMatchObject({
      status: 201,
      body: {
        url: `${site}/feed.xml`,
        title: 'Lamps',
        tags: ['lamps'],
        interval_s: 3_600,
        adaptive: true,
        share_existing: 3,
      },
    });
    expect(await rig.app.rows(`SELECT name, payload FROM tasks`)).toEqual([
      { name: 'feed.poll', payload: { feed_id: body.id } },
    ]);
    expect(await post({ url: `${site}/feed.xml?utm_source=x` })).toMatchObject({ status: 409 });
    expect(await rig.app.request('GET', '/feeds')).toMatchObject({
      body: { items: [{ id: body.id }], next_cursor: null },
    });
  });

  it('finds the feed that a page names', async () => {
    const page =
      '<html><head><link rel="alternate" type="application/rss+xml" href="feed.xml"></head><body>x</body></html>';
    rig.replies.set('/blog/', { headers: { 'content-type': 'text/html' }, body: page });
    rig.replies.set('/blog/feed.xml', { body: rss() });
    expect(await post({ url: `${site}/blog/` })).toMatchObject({ status: 201, body: { url: `${site}/blog/feed.xml` } });
  });

  it('says at once why something cannot be subscribed to', async () => {
    rig.replies.set('/page', { headers: { 'content-type': 'text/html' }, body: '<h1>No feed</h1>' });
    rig.replies.set('/bomb', {
      body: '<!DOCTYPE rss [<!ENTITY a "a">]><rss><channel><title>&a;</title></channel></rss>',
    });
    for (const path of ['/page', '/bomb', '/none'])
      expect(await post({ url: `${site}${path}` })).toMatchObject({
        status: 400,
        body: { errors: [{ path: 'body.url' }] },
      });
    expect(await post({ url: 'nothing' })).toMatchObject({ status: 400, body: { errors: [{ path: 'body.url' }] } });
    expect(await rig.app.rows('SELECT 1 AS one FROM feeds')).toEqual([]);
  });

  it('S1: a private address is refused before any packet', async () => {
    expect(await post({ url: 'http://127.0.0.1/feed.xml' })).toMatchObject({ status: 400, body: { code: 'refused' } });
  });

  it('14: a feed in one’s own network is refused with the line that allows it, one that a page names without', async () => {
    const line = 'FETCH_ALLOW_HOSTS=nas.lan:8080';
    expect(await post({ url: 'http://nas.lan:8080/feed.xml' })).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining(line), errors: [{ message: expect.stringContaining(line) }] },
    });
    const link = '<link rel="alternate" type="application/rss+xml" href="http://192.168.1.1/feed.xml">';
    rig.replies.set('/blog/', { headers: { 'content-type': 'text/html' }, body: `<head>${link}</head>` });
    rig.replies.set('/moved/', { status: 302, headers: { location: 'http://192.168.1.1/feed.xml' } });
    for (const path of ['/blog/', '/moved/']) {
      const { status, body } = await post({ url: `${site}${path}` });
      expect([status, JSON.stringify(body)]).toEqual([400, expect.not.stringContaining('FETCH_ALLOW_HOSTS')]);
    }
  });

  it('needs the scope write, and read to look', async () => {
    const reader = { 'x-api-token': await rig.app.token('read') };
    expect(await rig.app.request('POST', '/feeds', { url: site }, reader)).toMatchObject({ status: 403 });
    expect(await rig.app.request('GET', '/feeds', undefined, reader)).toMatchObject({ status: 200 });
  });

  it('can be changed, polled by hand, switched off and on, and ended', async () => {
    rig.replies.set('/feed.xml', { body: rss() });
    const id = await rig.subscribe('/feed.xml');
    const patch = (body: object) => rig.app.request('PATCH', `/feeds/${id}`, body);
    expect(await patch({ interval_s: 600, tags: ['x'] })).toMatchObject({
      body: { interval_s: 600, adaptive: false, tags: ['x'] },
    });
    expect(await patch({ interval_s: null })).toMatchObject({ body: { adaptive: true } });
    expect(await patch({ interval_s: 5 })).toMatchObject({ status: 400 });
    expect(await rig.app.request('POST', `/feeds/${id}/poll`)).toMatchObject({ status: 202, body: { feed_id: id } });
    expect(await rig.app.rows('SELECT count(*)::int AS n FROM tasks')).toEqual([{ n: 1 }]);
    expect(await patch({ enabled: false })).toMatchObject({ body: { enabled: false } });
    expect(await rig.app.request('POST', `/feeds/${id}/poll`)).toMatchObject({ status: 409 });
    await rig.poll(id);
    expect(await patch({ enabled: true })).toMatchObject({ body: { enabled: true } });
    expect(await rig.app.request('DELETE', `/feeds/${id}`)).toMatchObject({ status: 204 });
    for (const method of ['GET', 'DELETE'] as const)
      expect(await rig.app.request(method, `/feeds/${id}`)).toMatchObject({ status: 404 });
  });
});

describe('with workers', () => {
  it('a subscription is polled, and its entries are read as any share', async () => {
    const working = await feedRig({ workers: true });
    try {
      working.replies.set('/feed.xml', { body: rss('b', 'a') });
      const html = { headers: { 'content-type': 'text/html' }, body: '<title>A lamp</title>' };
      for (const name of ['a', 'b']) working.replies.set(`/posts/${name}`, html);
      const id = await working.subscribe('/feed.xml', { tags: ['lamps'] });
      const contents = await eventually(
        async () => {
          const { body } = await working.app.request('GET', '/contents?status=PULLED');
          return body.items?.length === 2 && body.items;
        },
        { timeoutMs: 40_000 },
      );
      expect(contents).toMatchObject([
        { title: 'A lamp', tags: ['lamps'] },
        { title: 'A lamp', tags: ['lamps'] },
      ]);
      expect(await working.feed(id)).toMatchObject({ failures: 0, last_error: null });
      expect(String((await working.app.request('GET', '//metrics')).body)).toContain('vaultstream_feeds{state="ok"} 1');
    } finally {
      await working.close();
    }
  }, 60_000);
});
