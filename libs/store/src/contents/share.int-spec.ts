import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { InvalidInput } from '@vaultstream/contracts';
import { identify } from '@vaultstream/platforms';
import pg from 'pg';
import { aParse, contentRig, images, web, type ContentRig } from '../../test/content-rig.ts';

let rig: ContentRig;
beforeAll(async () => {
  rig = await contentRig(20);
});
beforeEach(async () => {
  await rig.endTasks();
});
afterAll(() => rig.close());

const deadlocks = () =>
  rig.value<number>('SELECT deadlocks::int FROM pg_stat_database WHERE datname = current_database()');

describe('sharing', () => {
  it('1: keeps a content, its key, its source, its task and its event, or nothing', async () => {
    const outcome = await rig.share({ canonical: web('https://one.example/a'), tags: ['x'], source: 'bot', note: 'n' });
    expect(outcome).toMatchObject({ created: true, status: 'UNPROCESSED', needsParse: true });
    const id = outcome.contentId;
    expect(await rig.rows('SELECT name, payload, dedupe_key, priority FROM tasks')).toEqual([
      { name: 'content.parse', payload: { content_id: id }, dedupe_key: `content.parse:${id}`, priority: 5 },
    ]);
    expect(await rig.value('SELECT content_id FROM content_keys WHERE key = $1', 'https://one.example/a')).toBe(id);
    expect(await rig.rows('SELECT source, note, tags FROM content_sources WHERE content_id = $1', id)).toEqual([
      { source: 'bot', note: 'n', tags: ['x'] },
    ]);
    expect(await rig.rows('SELECT type FROM events WHERE content_id = $1', id)).toEqual([{ type: 'content.created' }]);

    const broken = rig.transact(async (tx) => {
      await rig.contents.share(tx, { canonical: web('https://one.example/b'), url: 'x', tags: [] });
      throw new Error('the transaction ends here');
    });
    await expect(broken).rejects.toThrow('ends here');
    expect(await rig.value(`SELECT count(*)::int FROM contents WHERE canonical_url = 'https://one.example/b'`)).toBe(0);
    expect(await rig.value('SELECT count(*)::int FROM tasks')).toBe(1);
  });

  it('J23, 3: 50 concurrent first shares of ten spellings make one content, one task, 50 sources and no deadlock', async () => {
    const spellings = [
      'https://Spelling.Example.com/story?id=7',
      'http://spelling.example.com/story?id=7',
      'https://spelling.example.com:443/story?id=7',
      'https://spelling.example.com/story?id=7&utm_source=feed',
      'https://spelling.example.com/story?utm_medium=mail&id=7',
      'https://spelling.example.com/story?id=7#comments',
      'https://spelling.example.com/./story?id=7',
      'Look: https://spelling.example.com/story?id=7 !',
      'spelling.example.com/story?id=7',
      'https://spelling.example.com/x/../story?id=7&fbclid=abc',
    ];
    for (let round = 0; round < 5; round++) {
      const before = await deadlocks();
      const inputs = Array.from({ length: 50 }, (_, index) =>
        (spellings[index % 10] ?? '').replace('id=7', `id=7${round}`),
      );
      const outcomes = await Promise.all(
        inputs.map((input, index) => rig.share({ canonical: identify(input), url: input, tags: [`t${index}`] })),
      );
      const ids = new Set(outcomes.map((outcome) => outcome.contentId));
      expect(ids.size).toBe(1);
      const [id] = ids;
      expect(outcomes.filter((outcome) => outcome.created)).toHaveLength(1);
      expect(await rig.value('SELECT count(*)::int FROM tasks WHERE content_id = $1', id)).toBe(1);
      expect(await rig.value('SELECT count(*)::int FROM content_sources WHERE content_id = $1', id)).toBe(50);
      expect(await rig.value('SELECT cardinality(tags) FROM contents WHERE id = $1', id)).toBe(50);
      expect(await rig.value('SELECT count(*)::int FROM content_keys WHERE content_id = $1', id)).toBe(1);
      expect((await deadlocks()) - before).toBe(0);
    }
  });

  it('shares of many URLs in opposite orders at once do not lock each other out', async () => {
    const urls = Array.from({ length: 20 }, (_, index) => `https://many.example/${index}`);
    const orders = [urls, [...urls].reverse(), urls, [...urls].reverse()];
    await Promise.all(orders.flatMap((order) => order.map((url) => rig.share({ canonical: web(url) }))));
    expect(await rig.value(`SELECT count(*)::int FROM contents WHERE url LIKE 'https://many.example/%'`)).toBe(20);
    expect(await rig.value('SELECT count(*)::int FROM tasks')).toBe(20);
  });

  it('2, 4: a second share of a PULLED content adds a source and tags, and no task', async () => {
    const id = await rig.pulled('https://two.example/', aParse({ tags: ['page'] }));
    const again = await rig.share({ canonical: web('https://two.example/'), tags: ['mine', 'page'], source: 'cli' });
    expect(again).toMatchObject({ contentId: id, created: false, status: 'PULLED', needsParse: false });
    expect(await rig.value('SELECT count(*)::int FROM tasks')).toBe(0);
    const content = await rig.reads.get(id);
    expect(content?.tags).toEqual(['page', 'mine']);
    expect(content?.sources.map((source) => source.source)).toEqual([null, 'cli']);
    expect(await rig.value('SELECT search_text FROM contents WHERE id = $1', id)).toContain('mine');
    const [event] = await rig.rows<{ payload: object }>(
      `SELECT payload FROM events WHERE content_id = $1 AND type = 'content.shared'`,
      id,
    );
    expect(event?.payload).toMatchObject({ queued: false, search_fields: ['tags'] });
  });

  it('6: a share of a FAILED content queues it again and keeps its error until it succeeds', async () => {
    const { contentId } = await rig.share({ canonical: web('https://failed.example/') });
    await rig.transact((tx) =>
      rig.contents.recordFailure(tx, contentId, { errorType: 'NotFound', message: 'gone', stack: null, attempts: [] }),
    );
    await rig.endTasks();
    const again = await rig.share({ canonical: web('https://failed.example/') });
    expect(again).toMatchObject({ contentId, status: 'UNPROCESSED', needsParse: true });
    expect(await rig.value('SELECT count(*)::int FROM tasks')).toBe(1);
    expect(await rig.reads.get(contentId)).toMatchObject({ failureCount: 1, lastErrorType: 'NotFound' });
  });

  it('a share of a content under way keeps the live task and raises its priority', async () => {
    const first = await rig.share({ canonical: web('https://urgent.example/'), priority: 7 });
    const [task] = await rig.rows('SELECT id FROM tasks');
    await rig.share({ canonical: web('https://urgent.example/'), priority: 2 });
    await rig.share({ canonical: web('https://urgent.example/'), priority: 9 });
    expect(await rig.rows('SELECT id, priority FROM tasks')).toEqual([{ ...task, priority: 2 }]);
    expect(await rig.value('SELECT priority FROM contents WHERE id = $1', first.contentId)).toBe(2);
  });

  it('a share of a content that waits for its next try makes it due now', async () => {
    const canonical = web('https://share.example/parked');
    const { contentId } = await rig.share({ canonical });
    const park = () =>
      rig.rows(
        `UPDATE tasks SET run_at = now() + interval '1 day' WHERE name = 'content.parse' AND content_id = $1`,
        contentId,
      );
    const parked = () =>
      rig.value(
        `SELECT run_at > clock_timestamp() FROM tasks WHERE name = 'content.parse' AND content_id = $1`,
        contentId,
      );
    await park();
    expect(await parked()).toBe(true);
    await rig.share({ canonical });
    expect(await parked()).toBe(false);
    await park();
    const options = { force: false, archive: { enabled: true, maxImages: 1 } };
    await rig.transact((tx) => rig.contents.requeue(tx, contentId, options));
    expect(await parked()).toBe(false);
  });

  it('does not wait for a run that holds its task row', async () => {
    const { contentId } = await rig.share({ canonical: web('https://running.example/') });
    const held = rig.db.client.$transaction(async (client) => {
      await client.$queryRaw`SELECT 1 FROM tasks WHERE content_id = ${contentId} FOR UPDATE`;
      return rig.share({ canonical: web('https://running.example/'), priority: 1 });
    });
    expect(await held).toMatchObject({ contentId, needsParse: true });
  });

  it('a task that was lost is appended anew', async () => {
    const { contentId } = await rig.share({ canonical: web('https://lost.example/') });
    await rig.endTasks();
    await rig.share({ canonical: web('https://lost.example/') });
    expect(await rig.value('SELECT content_id FROM tasks')).toBe(contentId);
  });

  it('true sticks: is_nsfw is never shared away', async () => {
    const { contentId } = await rig.share({ canonical: web('https://nsfw.example/'), isNsfw: true });
    await rig.share({ canonical: web('https://nsfw.example/'), isNsfw: false });
    expect(await rig.value('SELECT is_nsfw FROM contents WHERE id = $1', contentId)).toBe(true);
  });

  it('keeps 200 tags at most, the first ones', async () => {
    const tags = (from: number) => Array.from({ length: 100 }, (_, index) => `t${from + index}`);
    for (const from of [0, 50, 150]) await rig.share({ canonical: web('https://tags.example/'), tags: tags(from) });
    const kept = await rig.value<string[]>(`SELECT tags FROM contents WHERE canonical_url = 'https://tags.example/'`);
    expect(kept).toEqual(Array.from({ length: 200 }, (_, index) => `t${index}`));
  });

  it('a known name of a content leads to it, not to a new one', async () => {
    const id = await rig.pulled('https://short.example/x', aParse({}, { learnt: web('https://long.example/article') }));
    const again = await rig.share({ canonical: web('https://long.example/article') });
    expect(again).toMatchObject({ contentId: id, created: false, canonicalUrl: 'https://long.example/article' });
  });

  it('shares that meet a parse which learns their URL end at one content', async () => {
    for (let round = 0; round < 15; round++) {
      const { contentId } = await rig.share({ canonical: web(`https://s.example/${round}`) });
      const learnt = web(`https://l.example/${round}`);
      const [, ...shares] = await Promise.all([
        rig.transact((tx) => rig.contents.recordParse(tx, contentId, aParse({}, { learnt }))),
        ...Array.from({ length: 4 }, () => rig.share({ canonical: learnt })),
      ]);
      const owners = await Promise.all(shares.map((share) => rig.reads.idOf(share.contentId)));
      expect(new Set([await rig.reads.idOf(contentId), ...owners]).size).toBe(1);
      expect(await rig.value('SELECT count(*)::int FROM content_sources WHERE content_id = $1', owners[0])).toBe(5);
    }
  });

  it('a URL that cannot be indexed is refused by name', async () => {
    const long = web(`https://long.example/${'ä'.repeat(1_000)}`);
    await expect(rig.share({ canonical: long })).rejects.toThrow(InvalidInput);
    const random = randomBytes(950).toString('hex');
    expect(await rig.share({ canonical: web(`https://long.example/${random}`) })).toMatchObject({ created: true });
  });

  it('asks Postgres no more often than it must: a share is what everybody does', async () => {
    const asked = jest.spyOn(pg.Client.prototype, 'query');
    const statementsOf = async (share: Parameters<ContentRig['share']>[0]): Promise<string[]> => {
      asked.mockClear();
      await rig.share(share);
      return asked.mock.calls.map(([query]: unknown[]) =>
        typeof query === 'string' ? query : (query as { text: string }).text,
      );
    };
    try {
      const canonical = web('https://often.example/');
      expect(await statementsOf({ canonical })).toHaveLength(8);
      const { contentId } = await rig.share({ canonical });
      await rig.transact((tx) => rig.contents.recordParse(tx, contentId, aParse()));
      expect(await statementsOf({ canonical })).toHaveLength(6);
      expect(await statementsOf({ canonical, tags: ['new'] })).toHaveLength(10);
    } finally {
      asked.mockRestore();
    }
  });

  describe('of a deleted content', () => {
    it('revives it without a task when it had settled, and asks delivery again', async () => {
      const id = await rig.pulled('https://back.example/');
      await rig.transact((tx) => rig.contents.softDelete(tx, id));
      expect(await rig.reads.get(id)).toBeNull();
      const again = await rig.share({ canonical: web('https://back.example/') });
      expect(again).toMatchObject({ contentId: id, created: false, status: 'PULLED' });
      expect(await rig.reads.get(id)).toMatchObject({ title: 'A title' });
      expect(await rig.rows('SELECT name FROM tasks')).toEqual([{ name: 'delivery.plan' }]);
      expect(
        await rig.rows(`SELECT type FROM events WHERE content_id = $1 AND type = 'content.restored'`, id),
      ).toHaveLength(1);
    });

    it('reads it again when its pictures had not settled', async () => {
      const id = await rig.pulled('https://half.example/', aParse({ media: images('https://i.example/1.png') }));
      await rig.transact((tx) => rig.contents.softDelete(tx, id));
      const again = await rig.share({ canonical: web('https://half.example/') });
      expect(again).toMatchObject({ status: 'UNPROCESSED', needsParse: true });
      expect(await rig.rows('SELECT name FROM tasks')).toEqual([{ name: 'content.parse' }]);
    });
  });
});
