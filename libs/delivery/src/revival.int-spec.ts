import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Retention } from '@vaultstream/store';
import { openRig, type Made, type Rig } from '../test/rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
});
afterAll(() => rig.close());
afterEach(() => rig.db.client.task.deleteMany());

const push = (content_id: number, target: Made) =>
  rig.call('POST', '/deliveries', { content_id, target_id: target.id });
const titles = (path: string) =>
  rig.seenAt(path).map(({ body }) => (JSON.parse(body.toString()) as Pushed).data.content.title);
const rename = (id: number, title: string) =>
  rig.db.client.content.update({ where: { id }, data: { title, deletedAt: null } });

interface Pushed {
  data: { content: { title: string } };
}

/** A content whose message is written down, and was refused by its target once. */
async function refusedOnce(path: string, status = 500): Promise<{ id: number; target: Made }> {
  rig.answer((_, response) => response.writeHead(status).end());
  const target = await rig.target(path);
  const id = await rig.content({ title: 'Old' });
  await rig.db.client.task.deleteMany();
  await push(id, target);
  await rig.tasks.run();
  rig.answer((_, response) => response.end());
  expect((await rig.delivery(id, target.id)).parts).toMatchObject([{ payload: expect.anything() }]);
  return { id, target };
}

describe('a delivery that begins anew', () => {
  it('sends the content as it is now, with all its tries', async () => {
    const { id, target } = await refusedOnce('/anew');
    await rig.db.transact((tx) => rig.contents.softDelete(tx, id));
    expect(await rig.delivery(id, target.id)).toMatchObject({ state: 'cancelled', attempts: 1 });
    await rename(id, 'New');
    expect((await push(id, target)).status).toBe(201);
    expect(await rig.delivery(id, target.id)).toMatchObject({ state: 'planned', attempts: 0, lastError: null });
    await rig.tasks.run();
    expect(titles('/anew')).toEqual(['Old', 'New']);
    expect(await rig.delivery(id, target.id)).toMatchObject({ state: 'sent', attempts: 1, parts: [{ attempts: 1 }] });
  });

  it('does so when a person retries a row that went with its target', async () => {
    const { id, target } = await refusedOnce('/retried');
    await rig.call('DELETE', `/targets/${target.id}`);
    await rig.target('/retried');
    await rename(id, 'New');
    const row = await rig.delivery(id, target.id);
    expect((await rig.call('POST', `/deliveries/${row.id}/retry`)).status).toBe(200);
    await rig.tasks.run();
    expect(titles('/retried')).toEqual(['Old', 'New']);
  });
});

describe('a purged content', () => {
  it('leaves no text in the ledger; what failed is written anew when it is retried', async () => {
    const { id, target } = await refusedOnce('/purged', 400);
    const { id: row, state } = await rig.delivery(id, target.id);
    expect(state).toBe('failed');
    await rig.db.transact((tx) => rig.contents.softDelete(tx, id));
    await rig.db.client.content.update({ where: { id }, data: { deletedAt: new Date(0) } });
    await new Retention(rig.db).purgeDeletedContents(1);
    expect((await rig.delivery(id, target.id)).parts).toEqual([]);
    await rig.db.client.content.update({ where: { id }, data: { status: 'PULLED', purgedAt: null } });
    await rename(id, 'New');
    await rig.call('POST', `/deliveries/${row}/retry`);
    await rig.tasks.run();
    expect(titles('/purged')).toEqual(['Old', 'New']);
  });

  it('keeps what a half-sent row has sent; the rest, whose text is gone, ends it as partial', async () => {
    const { id, target } = await refusedOnce('/half');
    const { id: deliveryId } = await rig.delivery(id, target.id);
    const first = { id: deliveryId, deliveryId, position: 1, state: 'sent' };
    await rig.db.client.deliveryPart.create({ data: first });
    await rig.db.client.delivery.update({ where: { id: deliveryId }, data: { state: 'partial' } });
    await rig.db.client.content.update({ where: { id }, data: { deletedAt: new Date(0) } });
    await new Retention(rig.db).purgeDeletedContents(1);
    expect((await rig.delivery(id, target.id)).parts).toMatchObject([
      { state: 'planned', payload: null },
      { state: 'sent' },
    ]);
    await rig.db.client.content.update({ where: { id }, data: { status: 'PULLED', purgedAt: null, deletedAt: null } });
    await rig.call('POST', `/deliveries/${deliveryId}/retry`);
    expect(await rig.tasks.run()).toMatchObject([{ outcome: 'dead', error: { name: 'NotFound' } }]);
    expect(await rig.delivery(id, target.id)).toMatchObject({ state: 'partial' });
    expect(rig.seenAt('/half')).toHaveLength(1);
  });
});
