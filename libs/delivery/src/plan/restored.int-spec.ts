import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
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

/** A content that a backup has caught on its way: a restore brings it back with `restored_at`. */
async function restored(path: string, more: object = {}) {
  const target = await rig.target(path);
  await rig.rule([target], { match: { tags_any: ['news'] }, ...more });
  const id = await rig.content({ tags: ['news'] });
  await rig.db.client.content.update({ where: { id }, data: { restoredAt: new Date() } });
  await rig.tasks.run();
  const [row] = await rig.db.client.delivery.findMany({ where: { contentId: id } });
  return { id, row: row!, target };
}

describe('a content that may have been pushed since the backup that it was restored from', () => {
  it('is not pushed by itself: a person says whether it was, and says no', async () => {
    const { id, row } = await restored('/doubted');
    expect(row).toMatchObject({ state: 'unconfirmed', reason: 'restored' });
    expect(rig.seenAt('/doubted')).toHaveLength(0);
    expect(await rig.events(row.id)).toEqual(['delivery.unconfirmed']);
    expect((await rig.call('POST', `/deliveries/${row.id}/resolve`, { as: 'not_sent' })).body).toMatchObject({
      status: 'planned',
    });
    await rig.tasks.run();
    expect(rig.seenAt('/doubted')).toHaveLength(1);
    expect(await rig.db.client.content.findUniqueOrThrow({ where: { id } })).toMatchObject({ restoredAt: null });
  });

  it('or says yes', async () => {
    const { row } = await restored('/was-sent');
    expect((await rig.call('POST', `/deliveries/${row.id}/resolve`, { as: 'sent' })).body).toMatchObject({
      status: 'sent',
    });
    await rig.tasks.run();
    expect(rig.seenAt('/was-sent')).toHaveLength(0);
  });

  it('still waits for its approval where a rule wants one', async () => {
    const { row } = await restored('/approved', { approval: 'required' });
    expect(row).toMatchObject({ state: 'held', reason: 'approval_required' });
  });

  it('is in doubt for one plan only: what changes later is pushed', async () => {
    const { id } = await restored('/first');
    const later = await rig.target('/later');
    await rig.rule([later], { match: { tags_any: ['late'] } });
    await rig.db.transact((tx) => rig.contents.patch(tx, id, { tags: ['news', 'late'] }));
    await rig.tasks.run();
    expect(rig.seenAt('/later')).toHaveLength(1);
  });
});
