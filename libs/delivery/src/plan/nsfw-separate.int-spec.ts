import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { problemSchema, ruleViewSchema } from '@vaultstream/contracts';
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

const refusal = async (answer: Promise<{ status: number; body: unknown }>): Promise<string[] | undefined> => {
  const { status, body } = await answer;
  expect(status).toBe(400);
  return problemSchema.parse(body).errors?.map(({ path }) => path);
};

describe('nsfw_policy: separate', () => {
  it('sends NSFW contents to targets of their own, and the others to the others', async () => {
    const [open, closed] = [await rig.target('/open'), await rig.target('/closed')];
    const made = await rig.rule([open], { nsfw_policy: 'separate', nsfw_target_ids: [closed.id] });
    expect(ruleViewSchema.parse(made)).toMatchObject({ target_ids: [open.id], nsfw_target_ids: [closed.id] });
    const [safe, nsfw] = [await rig.content(), await rig.content({ is_nsfw: true })];
    await rig.tasks.run();
    const sent = async (id: number) =>
      (await rig.db.client.delivery.findMany({ where: { contentId: id, state: 'sent' } })).map((row) => row.targetId);
    expect([await sent(safe), await sent(nsfw)]).toEqual([[open.id], [closed.id]]);
    expect([rig.seenAt('/open').length, rig.seenAt('/closed').length]).toEqual([1, 1]);
    // What turns out to be NSFW goes there as well; what has been sent stays sent.
    await rig.db.transact((tx) => rig.contents.patch(tx, safe, { is_nsfw: true }));
    await rig.tasks.run();
    expect([rig.seenAt('/open').length, rig.seenAt('/closed').length]).toEqual([1, 2]);
  });

  it('is refused with the field named where a target for them is missing, or is one of the others', async () => {
    const [one, two] = [await rig.target(), await rig.target()];
    const made = await rig.rule([one]);
    const change = (patch: object) => rig.call('PATCH', `/rules/${made.id}`, patch);
    expect(await refusal(change({ nsfw_policy: 'separate' }))).toEqual(['body.nsfw_target_ids']);
    const both = { nsfw_policy: 'separate', nsfw_target_ids: [two.id, one.id] };
    expect(await refusal(change(both))).toEqual(['body.nsfw_target_ids.1']);
    expect((await change({ nsfw_policy: 'separate', nsfw_target_ids: [two.id] })).status).toBe(200);
    expect(await refusal(change({ target_ids: [two.id] }))).toEqual(['body.target_ids.0']);
    expect(await refusal(change({ nsfw_target_ids: [] }))).toEqual(['body.nsfw_target_ids']);
    // The two trade places in one change.
    const traded = await change({ target_ids: [two.id], nsfw_target_ids: [one.id] });
    expect(traded.body).toMatchObject({ target_ids: [two.id], nsfw_target_ids: [one.id], version: 3 });
    expect((await change({ nsfw_policy: 'block', nsfw_target_ids: [] })).body).toMatchObject({ nsfw_target_ids: [] });
  });

  it('blocks them, and says so, once their target is deleted; other changes of the rule are still taken', async () => {
    const [open, closed] = [await rig.target('/still-open'), await rig.target('/was-closed')];
    const made = await rig.rule([open], { nsfw_policy: 'separate', nsfw_target_ids: [closed.id] });
    await rig.call('DELETE', `/targets/${closed.id}`);
    expect((await rig.call('PATCH', `/rules/${made.id}`, { priority: 3 })).status).toBe(200);
    const id = await rig.content({ is_nsfw: true });
    await rig.tasks.run();
    const decisions = await rig.db.client.ruleDecision.findMany({ where: { contentId: id } });
    expect(decisions).toMatchObject([{ matched: false, reason: 'nsfw_separate_unconfigured_blocked' }]);
    expect(rig.seenAt('/still-open')).toEqual([]);
  });
});
