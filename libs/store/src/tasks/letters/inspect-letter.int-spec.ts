import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { deadLetterDetailSchema, NotFound } from '@vaultstream/contracts';
import { v7 as uuid } from 'uuid';
import { burial, lettersRig, type LettersRig } from '../../../test/letters-rig.ts';

describe('one dead letter', () => {
  let rig: LettersRig;
  beforeAll(async () => {
    rig = await lettersRig();
  });
  afterAll(() => rig.close());
  beforeEach(() => rig.clear());

  it('shows what it is about, whose request it was, and where to go from here', async () => {
    const contentId = await rig.content({ platform: 'bilibili', title: 'A film' });
    const id = await rig.dead(contentId);
    const letter = await rig.letters.get(id);
    expect(deadLetterDetailSchema.parse(letter)).toEqual(letter);
    expect(letter).toMatchObject({
      state: 'open',
      closed: null,
      request_id: 'r-9',
      payload: { content_id: contentId },
      form: 'known',
      platform: 'bilibili',
      content: { id: contentId, title: 'A film', status: 'UNPROCESSED', deleted: false, merged_into: null },
      target: null,
      media: null,
      delivery: null,
      live_task: null,
      history: [],
    });
    expect(letter.links).toMatchObject({
      self: `/api/v1/dead-letters/${id}`,
      content: `/api/v1/contents/${contentId}`,
    });
    await expect(rig.letters.get('00000000-0000-7000-8000-000000000000')).rejects.toThrow(NotFound);
  });

  it('shows the picture, the delivery and the target that its task was about', async () => {
    const contentId = await rig.content();
    const [mediaId, targetId, deliveryId] = [uuid(), uuid(), uuid()];
    await rig.db.client.media.create({
      data: { id: mediaId, contentId, parseGeneration: 0, position: 0, kind: 'image', originUrl: 'https://x/1' },
    });
    await rig.db.client.target.create({
      data: { id: targetId, key: 'W', kind: 'webhook', name: 'Hook', address: { url: 'https://secret' } },
    });
    await rig.db.client.delivery.create({ data: { id: deliveryId, contentId, targetId, state: 'failed' } });
    const id = await rig.dead(contentId);
    const change = (name: string, payload: object) =>
      rig.db.client.deadLetter.update({ where: { id }, data: { name, payload, targetId } });
    await change('media.archive', { media_id: mediaId, content_id: contentId });
    expect((await rig.letters.get(id)).media).toEqual({
      id: mediaId,
      origin_url: 'https://x/1',
      status: 'pending',
      current: true,
    });
    await change('delivery.send', { delivery_id: deliveryId, content_id: contentId, target_id: targetId });
    const letter = await rig.letters.get(id);
    expect(letter).toMatchObject({
      delivery: { id: deliveryId, state: 'failed', parts: 0 },
      target: { id: targetId, key: 'W', enabled: true, deleted: false },
    });
    expect(JSON.stringify(letter)).not.toContain('secret');
    await rig.db.client.$executeRaw`TRUNCATE targets CASCADE`;
  });

  it('of another release keeps its payload to itself', async () => {
    const id = await rig.dead(1);
    await rig.db.client.deadLetter.update({ where: { id }, data: { payload: { cookie: 'secret' } } });
    expect(await rig.letters.get(id)).toMatchObject({ form: 'unfit_payload', payload: null });
    await rig.db.client.deadLetter.update({ where: { id }, data: { name: 'content.dream' } });
    expect(await rig.letters.get(id)).toMatchObject({ form: 'unknown_task', payload: null });
  });

  it('tells the ends of the same work before and after it', async () => {
    const first = await rig.dead(1);
    await rig.letters.replay(first, 'ann');
    await rig.store.bury(await rig.claim(), { ...burial, errorType: 'NotFound' });
    const [second] = (await rig.letters.list({ limit: 1 })).items;
    await rig.letters.replayMany({ limit: 10 });
    expect(await rig.letters.get(second?.id ?? '')).toMatchObject({ live_task: { state: 'ready', failures: 0 } });
    await rig.store.bury(await rig.claim(), burial);
    const [third] = (await rig.letters.list({ limit: 1 })).items;
    const history = async (id = '') => (await rig.letters.get(id)).history.map((one) => [one.id, one.state]);
    expect(await history(second?.id)).toEqual([
      [first, 'replayed'],
      [third?.id, 'open'],
    ]);
    expect(await history(third?.id)).toEqual([
      [first, 'replayed'],
      [second?.id, 'replayed'],
    ]);
  });
});
