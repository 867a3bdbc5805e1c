import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { feedRig, rss, site, type FeedRig } from '../../test/feed-rig.ts';
import { maxSharesPerPoll } from './feed-intake.ts';

let rig: FeedRig;
beforeAll(async () => {
  rig = await feedRig();
});
afterAll(() => rig.close());
beforeEach(() => rig.reset());

/** Seconds until the next poll. */
const waitOf = async (id: string) => {
  const [row] = await rig.app.rows<{ wait: number }>(
    `SELECT extract(epoch FROM next_poll_at - clock_timestamp())::float8 AS wait FROM feeds WHERE id = $1::uuid`,
    id,
  );
  return row?.wait ?? NaN;
};
const serve = (...names: string[]) => rig.replies.set('/feed.xml', { body: rss(...names) });
const numbered = (from: number, to: number) =>
  Array.from({ length: from - to + 1 }, (_, index) => String(from - index).padStart(3, '0'));

describe('feed.poll', () => {
  it('shares a few of what is there already, the oldest first, and then everything new once', async () => {
    serve('5', '4', '3', '2', '1');
    const id = await rig.subscribe('/feed.xml', { share_existing: 2 });
    await rig.poll(id);
    expect(await rig.shared(id)).toEqual(['4', '5']);
    serve('7', '6', '5', '4', '3');
    await rig.poll(id);
    await rig.poll(id);
    expect(await rig.shared(id)).toEqual(['4', '5', '6', '7']);
    expect(await rig.app.rows(`SELECT skipped, count(*)::int AS n FROM feed_entries GROUP BY 1 ORDER BY 1`)).toEqual([
      { skipped: 'before_subscription', n: 3 },
      { skipped: null, n: 4 },
    ]);
    expect(await rig.app.rows(`SELECT DISTINCT priority FROM contents`)).toEqual([{ priority: 7 }]);
  });

  it('a first poll that was cut off goes on without sharing more than it should', async () => {
    serve('3', '2', '1');
    const id = await rig.subscribe('/feed.xml', { share_existing: 2 });
    let left = 2;
    const cut = {
      transact: (work: never) => (left-- > 0 ? rig.app.db.transact(work) : Promise.reject(new Error('killed'))),
    };
    await expect(rig.poll(id, cut as never)).rejects.toThrow();
    await rig.poll(id);
    expect(await rig.shared(id)).toEqual(['2', '3']);
  });

  it('two polls at once share nothing twice', async () => {
    serve();
    const id = await rig.subscribe('/feed.xml');
    await rig.poll(id);
    serve(...numbered(20, 1));
    await Promise.all([rig.poll(id), rig.poll(id), rig.poll(id)]);
    expect(await rig.shared(id)).toHaveLength(20);
    expect(new Set(await rig.shared(id)).size).toBe(20);
  });

  it('asks with what the server gave, and a 304 costs next to nothing', async () => {
    const headers = { etag: '"v1"', 'last-modified': 'Sun, 22 Nov 2026 08:00:00 GMT' };
    rig.replies.set('/feed.xml', { headers, body: rss('1') });
    const id = await rig.subscribe('/feed.xml');
    await rig.poll(id);
    await rig.poll(id);
    expect(rig.server.requests.at(-1)?.headers).toMatchObject({
      'if-none-match': '"v1"',
      'if-modified-since': 'Sun, 22 Nov 2026 08:00:00 GMT',
    });
    expect(await rig.feed(id)).toMatchObject({ etag: '"v1"', failures: 0, interval_s: 4_500 });
    expect(await rig.shared(id)).toEqual(['1']);
  });

  it('a flood comes in parts, and no 304 hides its rest', async () => {
    serve();
    const id = await rig.subscribe('/feed.xml');
    await rig.poll(id);
    rig.replies.set('/feed.xml', { headers: { etag: '"flood"' }, body: rss(...numbered(maxSharesPerPoll + 10, 1)) });
    await rig.poll(id);
    expect(await rig.shared(id)).toHaveLength(maxSharesPerPoll);
    expect(await rig.feed(id)).toMatchObject({ etag: null });
    expect(await waitOf(id)).toBeLessThanOrEqual(300);
    await rig.poll(id);
    expect(await rig.shared(id)).toEqual(numbered(maxSharesPerPoll + 10, 1).reverse());
    expect(await rig.feed(id)).toMatchObject({ etag: '"flood"' });
  }, 30_000);

  it('410 disables it until a person says otherwise', async () => {
    serve('1');
    const id = await rig.subscribe('/feed.xml');
    rig.replies.set('/feed.xml', { status: 410 });
    await rig.poll(id);
    expect(await rig.feed(id)).toMatchObject({ enabled: false, disabled_reason: 'gone', last_error_type: 'NotFound' });
    const asked = rig.server.requests.length;
    await rig.poll(id);
    expect(rig.server.requests).toHaveLength(asked);
    serve('1');
    await rig.app.request('PATCH', `/feeds/${id}`, { enabled: true });
    await rig.poll(id);
    expect(await rig.feed(id)).toMatchObject({ enabled: true, disabled_reason: null, failures: 0, last_error: null });
  });

  it('failures wait longer each time, up to a day, and a success forgives them', async () => {
    serve('1');
    const id = await rig.subscribe('/feed.xml', { interval_s: 3_600 });
    rig.replies.set('/feed.xml', { status: 500 });
    const waits: number[] = [];
    for (let poll = 0; poll < 7; poll++) {
      await rig.poll(id);
      waits.push(await waitOf(id));
    }
    [3_600, 7_200, 14_400, 28_800, 57_600, 86_400, 86_400].forEach((longest, poll) => {
      expect(waits[poll]).toBeLessThanOrEqual(longest);
      expect(waits[poll]).toBeGreaterThan(longest * 0.8 - 10);
    });
    expect(await rig.feed(id)).toMatchObject({ failures: 7, last_error_type: 'UpstreamError', enabled: true });
    expect(await rig.app.rows('SELECT 1 AS one FROM dead_letters')).toEqual([]);
    serve('1');
    await rig.poll(id);
    expect(await rig.feed(id)).toMatchObject({ failures: 0, last_error: null });
  });

  it.each([429, 503])('%i: waits as long as the server asks for', async (status) => {
    serve('1');
    const id = await rig.subscribe('/feed.xml', { interval_s: 300 });
    rig.replies.set('/feed.xml', { status, headers: { 'retry-after': '7200' } });
    await rig.poll(id);
    expect(await waitOf(id)).toBeGreaterThan(7_190);
    expect(await waitOf(id)).toBeLessThanOrEqual(7_200);
  });

  it('a permanent redirect moves the subscription, a temporary one does not', async () => {
    serve('1');
    const id = await rig.subscribe('/feed.xml');
    rig.replies.set('/new.xml', { body: rss('1', '2') });
    rig.replies.set('/feed.xml', { status: 302, headers: { location: '/new.xml' } });
    await rig.poll(id);
    expect(await rig.feed(id)).toMatchObject({ url: `${site}/feed.xml`, failures: 0 });
    rig.replies.set('/feed.xml', { status: 301, headers: { location: '/new.xml' } });
    await rig.poll(id);
    expect(await rig.feed(id)).toMatchObject({ url: `${site}/new.xml`, enabled: true });
    expect(await rig.shared(id)).toEqual(['2', '1']);
  });

  it('a feed that moves to where another subscription is, is disabled as a duplicate', async () => {
    serve('1');
    rig.replies.set('/other.xml', { body: rss('1') });
    const [id, other] = [await rig.subscribe('/feed.xml'), await rig.subscribe('/other.xml')];
    rig.replies.set('/feed.xml', { status: 308, headers: { location: '/other.xml' } });
    await rig.poll(id);
    expect(await rig.feed(id)).toMatchObject({ enabled: false, disabled_reason: 'duplicate' });
    expect(await rig.feed(other)).toMatchObject({ enabled: true });
  });

  it('a feed that is deleted meanwhile shares nothing more', async () => {
    serve('3', '2', '1');
    const id = await rig.subscribe('/feed.xml');
    let calls = 0;
    const transact = async (work: never) => {
      if (++calls === 3) await rig.app.request('DELETE', `/feeds/${id}`);
      return rig.app.db.transact(work);
    };
    await rig.poll(id, { transact: transact as never });
    expect(calls).toBeGreaterThan(3);
    expect(await rig.shared(id)).toEqual([]);
    expect(await rig.app.rows('SELECT 1 AS one FROM feed_entries')).toEqual([]);
  });

  it('what cannot be shared is noted and stops nothing', async () => {
    serve();
    const id = await rig.subscribe('/feed.xml', { tags: ['lamps'], is_nsfw: true });
    await rig.poll(id);
    const entries = [
      '<item><title>only a title</title></item>',
      '<item><guid>x1</guid><link>http://127.0.0.1/admin</link></item>',
      '<item><guid>x2</guid><link>ftp://feeds.example.com/x</link></item>',
      `<item><guid>x3</guid><link>${site}/${'long/'.repeat(600)}</link></item>`,
      `<item><guid>x4</guid><link>${site}/posts/good</link></item>`,
    ];
    rig.replies.set('/feed.xml', { body: rss().replace('</channel>', `${entries.join('')}</channel>`) });
    await rig.poll(id);
    expect(await rig.shared(id)).toEqual(['good']);
    expect(await rig.app.rows(`SELECT skipped FROM feed_entries ORDER BY skipped NULLS FIRST`)).toEqual(
      [null, 'no_url', 'no_url', 'refused', 'refused'].map((skipped) => ({ skipped })),
    );
    expect(await rig.app.rows('SELECT tags, is_nsfw FROM contents')).toEqual([{ tags: ['lamps'], is_nsfw: true }]);
  });

  it('the clock hands out polls of those whose time has come, each once', async () => {
    serve();
    const id = await rig.subscribe('/feed.xml');
    await rig.poll(id);
    await rig.app.rows('DELETE FROM tasks');
    await rig.tick();
    expect(await rig.app.rows('SELECT 1 AS one FROM tasks')).toEqual([]);
    await rig.app.rows(`UPDATE feeds SET next_poll_at = now() - interval '1 minute'`);
    await Promise.all([rig.tick(), rig.tick()]);
    expect(await rig.app.rows('SELECT payload FROM tasks')).toEqual([{ payload: { feed_id: id } }]);
  });
});
