import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { explanationSchema } from '@vaultstream/contracts';
import { MediaItems } from '@vaultstream/store';
import { openRig, type Rig } from '../../test/rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
});
afterAll(() => rig.close());
afterEach(() => rig.db.client.rule.deleteMany());

const explain = async (id: number) => {
  const { status, body } = await rig.call('GET', `/contents/${id}/explain`, undefined, 'read');
  expect(status).toBe(200);
  return explanationSchema.strict().parse(body);
};

describe('GET /contents/{id}/explain', () => {
  it('tells what was typed, what became of it, and the names that it has', async () => {
    const canonical = { platform: 'web', url: 'https://example.org/x', platformId: null, contentType: null };
    const share = (url: string) =>
      rig.db.transact((tx) => rig.contents.share(tx, { canonical, url, tags: [], source: 'cli' }));
    const { contentId } = await share('https://EXAMPLE.org/x?utm_source=a#top');
    await share('https://example.org/x');
    await rig.db.client.contentSource.updateMany({
      where: { contentId, url: 'https://example.org/x' },
      data: { url: 'no url' },
    });
    const { identity, parse, waits_for } = await explain(contentId);
    expect(identity).toMatchObject({
      platform: 'web',
      canonical_url: canonical.url,
      keys: [{ platform: 'web', key: canonical.url }],
      merged: [],
    });
    expect(identity.sources.map(({ typed, canonical_url, source }) => [typed, canonical_url, source])).toEqual(
      expect.arrayContaining([
        ['https://EXAMPLE.org/x?utm_source=a#top', canonical.url, 'cli'],
        ['no url', null, 'cli'],
      ]),
    );
    expect(parse).toMatchObject({ status: 'UNPROCESSED', task: { state: 'ready', failures: 0 } });
    expect(waits_for).toBe('It has not been read yet.');
  });

  it('tells that a sick platform is left alone', async () => {
    const canonical = { platform: 'x', url: 'https://x.com/i/status/7', platformId: '7', contentType: 'tweet' };
    const { contentId } = await rig.db.transact((tx) =>
      rig.contents.share(tx, { canonical, url: canonical.url, tags: [], source: 'cli' }),
    );
    await rig.db.client.platformState.create({
      data: {
        platform: 'x',
        circuit: 'open',
        circuitReason: 'UpstreamError: 502',
        openedAt: new Date(),
        retryAt: new Date(),
      },
    });
    expect((await explain(contentId)).waits_for).toBe(
      'It has not been read yet: its platform is left alone until it answers again (UpstreamError: 502).',
    );
  });

  it('tells which rules matched or not and why, then and now, and what holds each delivery', async () => {
    const [open, closed] = [await rig.target(), await rig.target(undefined, { enabled: false })];
    const all = await rig.rule([open, closed], { priority: 9 });
    const held = await rig.target();
    await rig.rule([held], { approval: 'required', priority: 8 });
    const picky = await rig.rule([open], { match: { tags_any: ['cats'] }, priority: 7 });
    const id = await rig.content({ tags: ['dogs'] });
    expect((await explain(id)).waits_for).toBe('The rules are about to be asked.');
    // One pass: the plan runs, what it plans is not sent yet.
    await rig.tasks.pass();
    await rig.call('PATCH', `/rules/${picky.id}`, { match: {} });
    const later = await rig.rule([open], { priority: 6 });

    const { rules, deliveries, waits_for } = await explain(id);
    expect(waits_for).toBeNull();
    const byId = new Map(rules.map((rule) => [rule.rule_id, rule]));
    expect(byId.get(all.id)?.decided).toMatchObject({ matched: true, version: 1 });
    expect(byId.get(all.id)?.decided?.targets.map(({ target_key, reason }) => [target_key, reason])).toEqual([
      [open.key, 'rule_matched'],
      [closed.key, 'target_disabled'],
    ]);
    expect(byId.get(picky.id)).toMatchObject({
      version: 2,
      decided: { version: 1, matched: false, reason: 'tags_not_any_matched', targets: [] },
      now: { matched: true, reason: 'rule_matched' },
    });
    expect(byId.get(later.id)).toMatchObject({ decided: null, now: { matched: true } });
    expect(byId.get(later.id)?.will).toMatchObject([{ target_key: open.key, outcome: 'in_ledger' }]);
    const of = new Map(deliveries.map((row) => [row.target_key, row]));
    expect(of.get(open.key)).toMatchObject({
      status: 'planned',
      held_by: 'It waits for its turn.',
      task: { failures: 0 },
    });
    expect(of.get(closed.key)).toMatchObject({
      status: 'blocked',
      held_by: 'Its target is disabled.',
      target_enabled: false,
    });
    expect(of.get(held.key)).toMatchObject({ status: 'held', reason: 'approval_required', task: null });
    expect(of.get(held.key)?.held_by).toBe('It waits for somebody to approve it.');
  });

  it('tells what was decided, what a rule says now, and what will happen', async () => {
    const target = await rig.target();
    const disabled = await rig.rule([target], { enabled: false, match: { tags_any: ['news'] } });
    const id = await rig.content();
    await rig.tasks.pass();
    const asked = await explain(id);
    expect(asked.plan).toMatchObject({ last_at: expect.any(String), changed_since: false, task: null });
    expect(asked.waits_for).toBeNull();
    expect(asked.rules).toMatchObject([
      { rule_id: disabled.id, enabled: false, decided: null, now: null, will: [{ outcome: 'nothing' }] },
    ]);
    expect(asked.rules[0]?.will[0]?.detail).toMatch(/disabled.*would not match \(tags_not_any_matched\)/);

    const all = await rig.rule([target], { name: 'made later' });
    const late = await explain(id);
    expect(late.waits_for).toBe(
      'For nothing: what matches and is not in the ledger was made or changed after the rules were asked ("made later").',
    );
    const found = late.rules.find(({ rule_id }) => rule_id === all.id);
    expect(found).toMatchObject({ decided: null, now: { matched: true }, will: [{ outcome: 'not_retroactive' }] });
    expect(found?.will).toMatchObject([{ target_id: target.id, target_key: target.key }]);

    const news = await rig.rule([target], { match: { tags_any: ['news'] } });
    await rig.db.transact((tx) => rig.contents.patch(tx, id, { tags: ['news'] }));
    const changed = await explain(id);
    expect(changed.waits_for).toBe('Something has changed: the rules are about to be asked again.');
    expect(changed.plan).toMatchObject({ changed_since: true, task: { failures: 0 } });
    const outcomes = ({ rules }: typeof changed) =>
      Object.fromEntries(rules.map(({ rule_id, will }) => [rule_id, will.map(({ outcome }) => outcome)]));
    const ids = { [all.id]: ['not_retroactive'], [disabled.id]: ['nothing'] };
    expect(outcomes(changed)).toEqual({ ...ids, [news.id]: ['will_be_planned'] });

    await rig.tasks.pass();
    const planned = await explain(id);
    expect(planned.waits_for).toBeNull();
    expect(outcomes(planned)).toEqual({ ...ids, [all.id]: ['in_ledger'], [news.id]: ['in_ledger'] });
    await rig.call('DELETE', `/rules/${all.id}`);
    await rig.call('PATCH', `/rules/${news.id}`, { match: { tags_any: ['other'] } });
    const [row] = (await explain(id)).deliveries;
    expect(row).toMatchObject({ status: 'planned', held_by: expect.stringMatching(/rule_no_longer_matches.*blocked/) });
    await rig.db.client.task.deleteMany();
  });

  it('9: tells that a picture waits for the end of a delete, and until when', async () => {
    const url = 'https://example.org/again.png';
    const id = await rig.content({ media: [{ kind: 'image', role: 'content', url }] });
    const media = await rig.db.client.media.findFirstOrThrow({ where: { contentId: id } });
    const until = new Date(Date.now() + 300_000);
    const reason = 'blob_being_deleted';
    await rig.db.transact((tx) => rig.app.get(MediaItems).waiting(tx, media.id, { reason, until }));
    const { archive, waits_for } = await explain(id);
    expect(archive.waiting).toEqual([{ origin_url: url, reason, until: until.toISOString() }]);
    expect(waits_for).toContain(
      `One picture waits for the end of a delete of the same bytes, until ${until.toISOString()} at the latest.`,
    );
    await rig.db.transact((tx) =>
      rig.app.get(MediaItems).failed(tx, media.id, { errorType: 'NotFound', message: 'gone' }),
    );
    expect((await explain(id)).archive.waiting).toEqual([]);
  });

  it('404 for what is not there, 401 and 403 for who may not', async () => {
    expect((await rig.call('GET', '/contents/2000000000/explain')).status).toBe(404);
    expect((await rig.call('GET', '/contents/x/explain')).status).toBe(400);
    const bare = await rig.app.inject({ method: 'GET', url: '/api/v1/contents/1/explain' });
    expect(bare.statusCode).toBe(401);
  });
});
