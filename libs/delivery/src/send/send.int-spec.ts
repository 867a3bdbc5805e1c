import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { openRig, type Rig } from '../../test/rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
});
afterAll(() => rig.close());
beforeEach(() => rig.answer((_, response) => response.end('ok')));

const signed = (request: { headers: object; body: Buffer }, secret: string) =>
  new Webhook(secret).verify(request.body, request.headers as Record<string, string>);

describe('delivery.plan and delivery.send', () => {
  it('pushes a settled content once and signed, whatever is run again', async () => {
    const target = await rig.target('/once');
    await rig.rule([target]);
    const id = await rig.content({ title: 'Hello', tags: ['a'] });
    const runs = await rig.tasks.run();
    expect(runs.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual(['delivery.plan done', 'delivery.send done']);
    const [request, ...more] = rig.seenAt('/once');
    expect(more).toEqual([]);
    const body = signed(request!, target.secret) as { data: { content: object; target_key: string } };
    expect(body).toMatchObject({
      type: 'content.pulled',
      data: { target_key: target.key, content: { id, title: 'Hello', truncated: false } },
    });
    const row = await rig.delivery(id, target.id);
    expect(row).toMatchObject({
      state: 'sent',
      attempts: 1,
      lastError: null,
      parts: [{ state: 'sent', payload: null }],
    });
    expect(request!.headers['webhook-id']).toBe(`msg_${row.parts[0]!.id}`);
    expect(row.parts[0]!.messageId).toBe(request!.headers['webhook-id']);
    expect(await rig.events(row.id)).toEqual(['delivery.planned', 'delivery.sending', 'delivery.sent']);
  });
});
