import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openRig, type Rig } from '../../test/rig.ts';
import { DeliveryRehearsals } from './delivery-rehearsals.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
});
afterAll(() => rig.close());

const rehearsals = () => rig.app.get(DeliveryRehearsals, { strict: false }).rehearsals;
/** All rows that a push could change. */
const rows = () =>
  rig.db.client.$queryRaw<unknown[]>`
    SELECT (SELECT jsonb_agg(d ORDER BY id) FROM deliveries d) AS deliveries, (SELECT count(*)::int FROM delivery_parts) AS parts,
      (SELECT count(*)::int FROM events) AS events, (SELECT count(*)::int FROM tasks) AS tasks,
      (SELECT count(*)::int FROM limiter_cells) AS cells, (SELECT count(*)::int FROM rule_decisions) AS decisions`;

/** A planned delivery of a new content. */
async function planned(settings: object = {}) {
  const target = await rig.target(undefined, settings);
  const contentId = await rig.content({ title: 'A page' });
  const made = await rig.call('POST', '/deliveries', { content_id: contentId, target_id: target.id });
  expect(made.status).toBe(201);
  const delivery = await rig.delivery(contentId, target.id);
  return { target, contentId, delivery };
}
const rehearseSend = async (deliveryId: string, contentId: number, targetId: string) => {
  const before = await rows();
  const payload = { delivery_id: deliveryId, content_id: contentId, target_id: targetId };
  const found = await rehearsals()['delivery.send'].rehearse(payload);
  expect(await rows()).toEqual(before);
  return found;
};

describe('the rehearsal of delivery.send', () => {
  it('fits the messages and sends none, and writes nothing', async () => {
    const { target, contentId, delivery } = await planned();
    const found = await rehearseSend(delivery.id, contentId, target.id);
    expect(found).toMatchObject({ outcome: 'succeeds', facts: { kind: 'webhook', in_doubt: false } });
    expect(JSON.stringify(found.facts)).toContain('A page');
    expect(rig.receiver.requests).toEqual([]);
  });

  it('shows the very message that a failed delivery keeps', async () => {
    const { target, contentId, delivery } = await planned();
    rig.answer((_, response) => response.writeHead(404).end());
    await rig.tasks.run();
    const { state, parts } = await rig.delivery(contentId, target.id);
    expect(state).toBe('failed');
    const found = await rehearseSend(delivery.id, contentId, target.id);
    const { body } = parts[0]?.payload as { body: unknown };
    expect(found).toMatchObject({ outcome: 'succeeds', facts: { messages: [{ body }] } });
  });

  it('says what stands against it', async () => {
    const { target, contentId, delivery } = await planned();
    await rig.call('PATCH', `/targets/${target.id}`, { enabled: false });
    expect(await rehearseSend(delivery.id, contentId, target.id)).toMatchObject({ outcome: 'idle' });
    const unknown = '00000000-0000-7000-8000-000000000000';
    expect(await rehearseSend(unknown, contentId, target.id)).toMatchObject({ outcome: 'idle' });
  });

  it('waits while its content is read anew', async () => {
    const { target, contentId, delivery } = await planned();
    await rig.db.client.content.update({ where: { id: contentId }, data: { archiveStatus: 'pending' } });
    await expect(rehearseSend(delivery.id, contentId, target.id)).rejects.toMatchObject({ name: 'Later' });
  });
});

describe('the rehearsal of delivery.plan', () => {
  it('lets the rules decide and enters nothing', async () => {
    const target = await rig.target();
    const { id } = await rig.rule([target]);
    const contentId = await rig.content();
    const before = await rows();
    const found = await rehearsals()['delivery.plan'].rehearse({ content_id: contentId });
    expect(found.outcome).toBe('succeeds');
    expect(found.facts.deliveries).toContainEqual({ target_id: target.id, status: 'planned', reason: null });
    expect(found.facts.decisions).toContainEqual({ rule_id: id, target_id: target.id, reason: 'rule_matched' });
    expect(await rows()).toEqual(before);
    expect(await rehearsals()['delivery.plan'].rehearse({ content_id: 999_999 })).toMatchObject({ outcome: 'idle' });
  });
});
