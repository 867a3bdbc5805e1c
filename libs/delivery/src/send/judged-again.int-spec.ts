import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ContentPatch } from '@vaultstream/contracts';
import { openRig, type Made, type Rig } from '../../test/rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
});
afterAll(() => rig.close());
beforeEach(() => rig.answer((_, response) => response.end()));
afterEach(async () => {
  await rig.db.client.task.deleteMany();
  await rig.db.client.rule.deleteMany();
});

const patch = (id: number, change: ContentPatch) => rig.db.transact((tx) => rig.contents.patch(tx, id, change));
const step = (name: string, id: string) => rig.call('POST', `/deliveries/${id}/${name}`);

interface Waiting {
  contentId: number;
  target: Made;
  ruleId: string;
  deliveryId: string;
}

/** A row that a rule has planned, and that has not been sent. */
async function waiting(path: string, more: object = {}): Promise<Waiting> {
  const target = await rig.target(path);
  const { id: ruleId } = await rig.rule([target], { match: { tags_any: ['news'] }, ...more });
  const contentId = await rig.content({ tags: ['news'] });
  await rig.tasks.pass();
  const { id: deliveryId } = await rig.delivery(contentId, target.id);
  return { contentId, target, ruleId, deliveryId };
}

const changes: [reason: string, change: (row: Waiting) => Promise<unknown>][] = [
  ['nsfw_blocked', ({ contentId }) => patch(contentId, { is_nsfw: true })],
  ['rule_no_longer_matches', ({ contentId }) => patch(contentId, { tags: [] })],
  ['rule_no_longer_matches', ({ ruleId }) => rig.call('PATCH', `/rules/${ruleId}`, { match: { tags_any: ['x'] } })],
  ['rule_disabled', ({ ruleId }) => rig.call('PATCH', `/rules/${ruleId}`, { enabled: false })],
  ['rule_deleted', ({ ruleId }) => rig.call('DELETE', `/rules/${ruleId}`)],
  ['target_not_in_rule', ({ ruleId }) => rig.call('PATCH', `/rules/${ruleId}`, { target_ids: [] })],
];

describe('what waits for approval', () => {
  it.each(changes)('is judged again when it is approved: %s', async (reason, change) => {
    const path = `/approve-${randomBytes(4).toString('hex')}`;
    const row = await waiting(path, { approval: 'required' });
    await change(row);
    const answer = await step('approve', row.deliveryId);
    expect([answer.status, answer.body.detail]).toEqual([409, expect.stringContaining(`(${reason})`)]);
    expect((await rig.call('GET', `/deliveries/${row.deliveryId}`)).body).toMatchObject({ status: 'blocked', reason });
    expect(await rig.events(row.deliveryId)).toEqual(['delivery.held', 'delivery.blocked']);
    await rig.tasks.run();
    expect(rig.seenAt(path)).toEqual([]);
    const { body } = await rig.call('GET', `/contents/${row.contentId}/explain`, undefined, 'read');
    expect(body.deliveries).toMatchObject([{ status: 'blocked', reason, held_by: expect.stringMatching(/rule/) }]);
  });

  it('may be retried by a person once it matches again, and not before', async () => {
    const row = await waiting('/again', { approval: 'required' });
    await patch(row.contentId, { is_nsfw: true });
    await step('approve', row.deliveryId);
    expect((await step('retry', row.deliveryId)).status).toBe(409);
    await patch(row.contentId, { is_nsfw: false });
    expect((await step('retry', row.deliveryId)).body).toMatchObject({ status: 'planned', rule_id: row.ruleId });
    await rig.tasks.run();
    expect(rig.seenAt('/again')).toHaveLength(1);
  });

  it('goes on under another rule that sends it there', async () => {
    const row = await waiting('/other', { approval: 'required' });
    const other = await rig.rule([row.target]);
    await rig.call('DELETE', `/rules/${row.ruleId}`);
    expect((await step('approve', row.deliveryId)).body).toMatchObject({ status: 'planned', rule_id: other.id });
    await rig.tasks.run();
    expect(rig.seenAt('/other')).toHaveLength(1);
  });
});

describe('what waits for its turn', () => {
  it.each(changes)('is judged again right before its claim: %s', async (reason, change) => {
    const path = `/claim-${randomBytes(4).toString('hex')}`;
    const row = await waiting(path);
    await change(row);
    await rig.tasks.run();
    expect(await rig.delivery(row.contentId, row.target.id)).toMatchObject({ state: 'blocked', reason, parts: [] });
    expect(rig.seenAt(path)).toEqual([]);
    expect(await rig.db.client.task.count()).toBe(0);
  });

  it('is judged in the transaction of the claim, not when its run begins', async () => {
    const row = await waiting('/midway');
    rig.tasks.afterStep = async () => void (await patch(row.contentId, { is_nsfw: true }));
    await rig.tasks.run();
    expect(await rig.delivery(row.contentId, row.target.id)).toMatchObject({
      state: 'blocked',
      reason: 'nsfw_blocked',
    });
    expect(rig.seenAt('/midway')).toEqual([]);
  });

  it('is judged again after a pause that its target has asked for', async () => {
    const row = await waiting('/paused');
    rig.answer((_, response) => response.writeHead(429, { 'retry-after': '60' }).end());
    await rig.tasks.run();
    expect(await rig.delivery(row.contentId, row.target.id)).toMatchObject({ state: 'held', reason: 'rate_limited' });
    rig.answer((_, response) => response.end());
    await rig.call('DELETE', `/rules/${row.ruleId}`);
    await rig.tasks.runLater();
    expect(await rig.delivery(row.contentId, row.target.id)).toMatchObject({
      state: 'blocked',
      reason: 'rule_deleted',
    });
    expect(rig.seenAt('/paused')).toHaveLength(1);
  });

  it('waits for approval when its rule has come to want it; an approval given once counts', async () => {
    const row = await waiting('/strict');
    await rig.call('PATCH', `/rules/${row.ruleId}`, { approval: 'required' });
    await rig.tasks.run();
    expect(await rig.delivery(row.contentId, row.target.id)).toMatchObject({
      state: 'held',
      reason: 'approval_required',
    });
    expect((await step('approve', row.deliveryId)).status).toBe(200);
    await rig.tasks.run();
    expect(rig.seenAt('/strict')).toHaveLength(1);
  });

  it('a message that has left in part is sent to its end', async () => {
    const row = await waiting('/begun');
    rig.answer((_, response) => response.writeHead(500).end());
    await rig.tasks.run();
    const data = { deliveryId: row.deliveryId, position: 1, state: 'sent' };
    await rig.db.client.deliveryPart.create({ data: { id: row.deliveryId, ...data } });
    rig.answer((_, response) => response.end());
    await patch(row.contentId, { is_nsfw: true });
    const { body } = await rig.call('GET', `/contents/${row.contentId}/explain`, undefined, 'read');
    expect(body.deliveries).toMatchObject([{ status: 'planned', held_by: expect.not.stringContaining('No rule') }]);
    await rig.tasks.runLater();
    expect(await rig.delivery(row.contentId, row.target.id)).toMatchObject({ state: 'sent' });
  });
});

describe('what a person has asked for', () => {
  it('is sent whatever rules say of it, NSFW or not', async () => {
    const target = await rig.target('/by-hand');
    await rig.rule([target], { match: { tags_any: ['never'] } });
    const contentId = await rig.content({ is_nsfw: true });
    await rig.tasks.run();
    await rig.call('POST', '/deliveries', { content_id: contentId, target_id: target.id });
    await rig.tasks.run();
    expect(rig.seenAt('/by-hand')).toHaveLength(1);
  });

  it('may be what the rules have blocked', async () => {
    const row = await waiting('/overruled');
    await patch(row.contentId, { is_nsfw: true });
    await rig.tasks.run();
    const push = { content_id: row.contentId, target_id: row.target.id };
    const answer = await rig.call('POST', '/deliveries', push);
    expect([answer.status, answer.body]).toMatchObject([200, { status: 'planned', rule_id: null }]);
    await rig.tasks.run();
    expect(rig.seenAt('/overruled')).toHaveLength(1);
    expect((await rig.call('POST', '/deliveries', push)).body).toMatchObject({ status: 'sent' });
  });
});
