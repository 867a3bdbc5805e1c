import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { InvalidInput, type DeadLetterGroup } from '@vaultstream/contracts';
import { v7 as uuid } from 'uuid';
import { lettersRig, type LettersRig } from '../../../test/letters-rig.ts';
import type { LetterGroupQuery } from './letter-filter.ts';

describe('groups of dead letters', () => {
  let rig: LettersRig;
  beforeAll(async () => {
    rig = await lettersRig();
  });
  afterAll(() => rig.close());
  beforeEach(() => rig.clear());

  /** Every page of it. */
  async function all(query: Omit<LetterGroupQuery, 'limit'>, limit: number): Promise<DeadLetterGroup[]> {
    const seen: DeadLetterGroup[] = [];
    for (let cursor: string | null | undefined; cursor !== null;) {
      const page = await rig.letters.groups({ ...query, limit, ...(cursor && { cursor }) });
      seen.push(...page.items);
      cursor = page.next_cursor;
    }
    return seen;
  }

  it('say how much fails in the same way, where, since when, with one to look at', async () => {
    const [web, video] = [await rig.content(), await rig.content({ platform: 'bilibili' })];
    for (const id of [web, video, web]) await rig.dead(id);
    await rig.db.client.$executeRaw`UPDATE dead_letters SET replayed_at = NULL, replayed_task_id = NULL`;
    const last = await rig.dead(web, { fingerprint: '0'.repeat(16), errorType: 'NotFound', message: 'gone' });
    await rig.db.client.$executeRaw`UPDATE dead_letters SET replayed_at = NULL, replayed_task_id = NULL`;
    const target = uuid();
    await rig.db.client.target.create({
      data: { id: target, key: 'TG_1', kind: 'telegram', name: 'Channel', address: {} },
    });
    await rig.db.client.deadLetter.update({ where: { id: last }, data: { targetId: target } });
    const { items } = await rig.letters.groups({ group_by: 'fingerprint', limit: 10 });
    expect(items).toMatchObject([
      {
        fingerprint: 'f'.repeat(16),
        content: null,
        count: 3,
        contents: 2,
        tasks: ['content.parse'],
        error_types: ['NetworkError'],
        platforms: ['web', 'bilibili'],
        targets: [],
        error: 'connection reset',
      },
      { count: 1, error: 'gone', example_id: last, targets: [{ id: target, key: 'TG_1', name: 'Channel', count: 1 }] },
    ]);
    expect(Date.parse(items[0]?.last_at ?? '')).toBeGreaterThanOrEqual(Date.parse(items[0]?.first_at ?? ''));
    await rig.db.client.target.deleteMany();
  });

  it('by content make one line of thirty dead pictures, and survivors stand for what was merged into them', async () => {
    const [many, one] = [await rig.content({ title: 'An album' }), await rig.content()];
    const merged = await rig.content();
    await rig.db.client.content.update({ where: { id: merged }, data: { mergedInto: many } });
    await rig.db.client.$executeRaw`
      INSERT INTO dead_letters (id, task_id, name, queue, payload, content_id, reason, error_type, error, detail, attempts, fingerprint)
      SELECT gen_random_uuid(), gen_random_uuid(), 'media.archive', 'media', '{}',
        CASE WHEN n = 0 THEN ${merged}::int WHEN n = 31 THEN NULL ELSE ${many}::int END, 'non_retryable', 'NotFound', 'HTTP 404', '{}', 1,
        'f' || n % 3
      FROM generate_series(0, 31) AS n`;
    await rig.dead(one);
    const { items } = await rig.letters.groups({ group_by: 'content', limit: 10 });
    expect(items).toMatchObject([
      { content: { id: many, title: 'An album' }, fingerprint: null, count: 31, contents: 1, tasks: ['media.archive'] },
      { count: 1 },
      { count: 1 },
    ]);
    expect(items.slice(1).map(({ content }) => content?.id ?? null)).toEqual(expect.arrayContaining([one, null]));
    expect(await rig.letters.replayMany({ content_id: many, task: 'media.archive', limit: 100 })).toMatchObject({
      matched: 31,
    });
  });

  it.each(['count', 'recent'] as const)('sorted by %s are seen once each, page by page', async (sort) => {
    await rig.deadMany(40);
    await rig.db.client.$executeRaw`UPDATE dead_letters SET fingerprint = 'p' || content_id % 7`;
    const groups = await all({ group_by: 'fingerprint', sort }, 2);
    expect(groups.map(({ fingerprint }) => fingerprint).sort()).toEqual(
      Array.from({ length: 7 }, (_, index) => `p${index}`),
    );
    const values = groups.map((group) => (sort === 'count' ? group.count : Date.parse(group.last_at)));
    expect(values).toEqual([...values].sort((left, right) => right - left));
    expect(groups.reduce((sum, { count }) => sum + count, 0)).toBe(40);
    expect(await all({ group_by: 'content', sort }, 30)).toHaveLength(1);
  });

  it('refuse the cursor of another order', async () => {
    await rig.deadMany(2);
    await rig.db.client.$executeRaw`UPDATE dead_letters SET fingerprint = 'p' || content_id`;
    const { next_cursor } = await rig.letters.groups({ group_by: 'fingerprint', sort: 'count', limit: 1 });
    const other = rig.letters.groups({
      group_by: 'fingerprint',
      sort: 'recent',
      limit: 1,
      cursor: next_cursor ?? '',
    });
    await expect(other).rejects.toThrow(InvalidInput);
  });
});
