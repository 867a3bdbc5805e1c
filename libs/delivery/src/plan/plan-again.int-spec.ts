import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { parsedContentSchema, type ContentPatch } from '@vaultstream/contracts';
import { openRig, type Rig } from '../../test/rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
});
afterAll(() => rig.close());
afterEach(async () => {
  await rig.db.client.task.deleteMany();
  await rig.db.client.rule.deleteMany();
});

const patch = (id: number, change: ContentPatch) => rig.db.transact((tx) => rig.contents.patch(tx, id, change));
const plans = (contentId: number) => rig.db.client.task.count({ where: { name: 'delivery.plan', contentId } });
const deliveries = (contentId: number) => rig.db.client.delivery.count({ where: { contentId } });

/** Shares a content once more. */
async function shareAgain(id: number, tags: string[], isNsfw?: boolean): Promise<void> {
  const { platform, canonicalUrl: url } = await rig.db.client.content.findUniqueOrThrow({ where: { id } });
  const canonical = { platform, url, platformId: null, contentType: null };
  await rig.db.transact((tx) => rig.contents.share(tx, { canonical, url, tags, isNsfw }));
}

/** Reads a content once more, as a forced retry does. */
async function readAgain(id: number, more: object = {}): Promise<void> {
  const parsed = parsedContentSchema.parse({
    content_type: 'article',
    title: 'A page',
    body_text: 'Some text.',
    parser_version: 2,
    platform_id: null,
    description: null,
    author: null,
    site_name: null,
    language: null,
    published_at: null,
    tags: [],
    stats: {},
    media: [],
    raw_metadata: {},
    ...more,
  });
  const archive = { enabled: true, maxImages: 100 };
  await rig.db.transact((tx) => rig.contents.requeue(tx, id, { force: true, archive }));
  await rig.db.transact((tx) => rig.contents.recordParse(tx, id, { parsed, learnt: null, archive }));
  await rig.db.client.task.deleteMany({ where: { name: 'content.parse' } });
}

describe('a change of what rules look at', () => {
  it('a tag that comes later with another share sends it, once', async () => {
    const target = await rig.target('/later-share');
    await rig.rule([target], { match: { tags_any: ['news'] } });
    const id = await rig.content();
    await rig.tasks.run();
    expect(await deliveries(id)).toBe(0);
    await shareAgain(id, ['news']);
    await rig.tasks.run();
    await shareAgain(id, ['news', 'more']);
    await rig.tasks.run();
    expect(rig.seenAt('/later-share')).toHaveLength(1);
    expect(await rig.delivery(id, target.id)).toMatchObject({ state: 'sent' });
  });

  it.each<[name: string, match: object, change: ContentPatch]>([
    ['tags', { tags_any: ['news'] }, { tags: ['news'] }],
    ['title', { query: 'lighthouse' }, { title: 'The Lighthouse' }],
    ['is_nsfw', { is_nsfw: true }, { is_nsfw: true }],
  ])('an edit of %s sends it, once', async (name, match, change) => {
    const target = await rig.target(`/later-${name}`);
    await rig.rule([target], { match, nsfw_policy: 'allow' });
    const id = await rig.content();
    await rig.tasks.run();
    await patch(id, change);
    expect(await plans(id)).toBe(1);
    await rig.tasks.run();
    await patch(id, change);
    expect(await plans(id)).toBe(0);
    await rig.tasks.run();
    expect(rig.seenAt(`/later-${name}`)).toHaveLength(1);
  });

  it('text, author and type that a later reading brings send it', async () => {
    const target = await rig.target('/reread');
    const match = { query: 'foxes', authors: ['Ann'], content_types: ['video'] };
    await rig.rule([target], { match });
    const id = await rig.content();
    await rig.tasks.run();
    const author = { id: null, name: 'Ann', url: null, avatar_url: null };
    await readAgain(id, { body_text: 'Of foxes.', content_type: 'video', author });
    await rig.tasks.run();
    expect(rig.seenAt('/reread')).toHaveLength(1);
  });

  it('a merge that brings the tag sends the survivor, once', async () => {
    const target = await rig.target('/merged-tag');
    await rig.rule([target], { match: { tags_all: ['a', 'b'] } });
    const [older, younger] = [await rig.content({ tags: ['a'] }), await rig.content({ tags: ['b'] })];
    await rig.tasks.run();
    await rig.db.transact((tx) => rig.contents.merge(tx, younger, older));
    await rig.tasks.run();
    expect(rig.seenAt('/merged-tag')).toHaveLength(1);
    expect(await rig.delivery(older, target.id)).toMatchObject({ state: 'sent' });
  });

  it('plans nothing where nothing has changed, or has been put back', async () => {
    const id = await rig.content({ tags: ['a'] });
    await rig.tasks.run();
    await shareAgain(id, ['a']);
    await patch(id, { tags: ['a'], title: 'A page' });
    await patch(id, { note: 'rules do not look at it' });
    expect(await plans(id)).toBe(0);
    const target = await rig.target('/put-back');
    await rig.rule([target]);
    await patch(id, { tags: ['a', 'b'] });
    await patch(id, { tags: ['a'] });
    await rig.tasks.run();
    expect(rig.seenAt('/put-back')).toEqual([]);
  });

  it('waits until the content has settled; several edits are one change', async () => {
    const target = await rig.target('/unsettled');
    await rig.rule([target], { match: { tags_all: ['x', 'y'] } });
    const id = await rig.content();
    await rig.tasks.run();
    const archive = { enabled: true, maxImages: 100 };
    await rig.db.transact((tx) => rig.contents.requeue(tx, id, { force: true, archive }));
    await patch(id, { tags: ['x'] });
    await patch(id, { tags: ['x', 'y'] });
    await rig.tasks.run();
    expect(await deliveries(id)).toBe(0);
    // The reading fails: the content is what it was, with its new tags.
    const failure = { errorType: 'NotFound', message: 'gone', stack: null, attempts: [] };
    await rig.db.transact((tx) => rig.contents.recordFailure(tx, id, failure));
    await rig.db.client.task.deleteMany({ where: { name: 'content.parse' } });
    await rig.tasks.run();
    expect(rig.seenAt('/unsettled')).toHaveLength(1);
  });

  it('is not lost when a first plan still waits: all rules are asked then', async () => {
    const [plain, tagged] = [await rig.target('/first-plain'), await rig.target('/first-tagged')];
    await rig.rule([plain]);
    await rig.rule([tagged], { match: { tags_any: ['late'] } });
    const id = await rig.content();
    await patch(id, { tags: ['late'] });
    await rig.tasks.run();
    expect([rig.seenAt('/first-plain').length, rig.seenAt('/first-tagged').length]).toEqual([1, 1]);
  });

  it('races with the plan: whichever is first, it is sent once', async () => {
    const target = await rig.target('/raced');
    await rig.rule([target], { match: { tags_any: ['news'] } });
    const ids: number[] = [];
    for (let index = 0; index < 15; index++) ids.push(await rig.content({ tags: ['x'] }));
    await Promise.all([
      rig.tasks.run(),
      ...ids.map((id) => patch(id, { tags: ['news'] })),
      ...ids.map((id) => shareAgain(id, ['news', 'y'])),
    ]);
    while ((await rig.db.client.task.count()) > 0) await rig.tasks.runLater();
    expect(rig.seenAt('/raced')).toHaveLength(15);
    const sent = { contentId: { in: ids }, state: 'sent', attempts: 1 };
    expect(await rig.db.client.delivery.count({ where: sent })).toBe(15);
  });
});

describe('a rule that was made or changed later', () => {
  it('does not send an old content because something else about it is edited or read anew', async () => {
    const target = await rig.target('/surprise');
    const id = await rig.content({ tags: ['news'] });
    await rig.tasks.run();
    await rig.rule([target], { match: { tags_any: ['news'] } });
    const changed = await rig.rule([target], { match: { tags_any: ['other'] } });
    await rig.call('PATCH', `/rules/${changed.id}`, { match: {} });
    await rig.tasks.run();
    await patch(id, { title: 'A typo less' });
    await rig.tasks.run();
    await patch(id, { tags: ['news', 'more'] });
    await rig.tasks.run();
    await readAgain(id, { description: 'a description now' });
    await rig.tasks.run();
    await shareAgain(id, ['evenmore']);
    await rig.tasks.run();
    expect(rig.seenAt('/surprise')).toEqual([]);
    const decisions = await rig.db.client.ruleDecision.findMany({ where: { contentId: id } });
    expect(decisions.map(({ reason, matched }) => [reason, matched])).toEqual([
      ['not_retroactive', true],
      ['not_retroactive', true],
    ]);
  });

  it('sends an old content that is edited so that it matches: that is a new occasion', async () => {
    const target = await rig.target('/occasion');
    const id = await rig.content();
    await rig.tasks.run();
    await rig.rule([target], { match: { tags_any: ['news'] } });
    await rig.tasks.run();
    expect(await deliveries(id)).toBe(0);
    await patch(id, { tags: ['news'] });
    await rig.tasks.run();
    expect(rig.seenAt('/occasion')).toHaveLength(1);
  });

  it('sends what was deleted and is shared anew: that is a share from now on', async () => {
    const target = await rig.target('/anew-shared');
    const id = await rig.content({ tags: ['news'] });
    await rig.tasks.run();
    await rig.rule([target], { match: { tags_any: ['news'] } });
    await rig.db.transact((tx) => rig.contents.softDelete(tx, id));
    await shareAgain(id, ['news', 'again']);
    await rig.tasks.run();
    expect(rig.seenAt('/anew-shared')).toHaveLength(1);
  });
});
