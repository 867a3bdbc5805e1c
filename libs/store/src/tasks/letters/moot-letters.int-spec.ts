import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as uuid } from 'uuid';
import { lettersRig, type LettersRig } from '../../../test/letters-rig.ts';
import { Retention } from '../../upkeep/retention.ts';

describe('dead letters that have become moot', () => {
  let rig: LettersRig;
  let retention: Retention;
  beforeAll(async () => {
    rig = await lettersRig();
    retention = new Retention(rig.db);
  });
  afterAll(() => rig.close());

  /** A letter of a task about a content. Answers its id. */
  async function letter(name: string, contentId: number, payload: object): Promise<string> {
    const [id, error] = [uuid(), { errorType: 'NotFound', error: 'gone', detail: {}, attempts: 1, fingerprint: 'f' }];
    const data = { id, taskId: uuid(), name, queue: 'any', payload, contentId, reason: 'non_retryable', ...error };
    await rig.db.client.deadLetter.create({ data });
    return id;
  }
  const parse = (contentId: number) => letter('content.parse', contentId, { content_id: contentId });
  async function picture(contentId: number, more: object = {}): Promise<string> {
    const id = uuid();
    const place = { position: 0, kind: 'image', originUrl: `https://x/${id}`, parseGeneration: 0 };
    await rig.db.client.media.create({ data: { id, contentId, status: 'failed', ...place, ...more } });
    return letter('media.archive', contentId, { media_id: id, content_id: contentId });
  }
  async function delivery(contentId: number, state: string): Promise<string> {
    const [id, targetId] = [uuid(), uuid()];
    await rig.db.client.target.create({
      data: { id: targetId, key: targetId, kind: 'webhook', name: 'n', address: {} },
    });
    await rig.db.client.delivery.create({ data: { id, contentId, targetId, state } });
    return letter('delivery.send', contentId, { delivery_id: id, content_id: contentId, target_id: targetId });
  }

  it('leave the list with a note and an event; the others stay', async () => {
    const live = await rig.content();
    const deleted = await rig.content();
    const merged = await rig.content();
    const read = await rig.content();
    const kept = [
      await parse(live),
      await parse(read),
      await picture(live),
      await delivery(live, 'failed'),
      await delivery(live, 'unconfirmed'),
      await delivery(merged, 'partial'),
    ];
    const gone = [await parse(deleted), await parse(merged), await delivery(deleted, 'failed')];
    const pictures = [
      await picture(live, { status: 'skipped' }),
      await picture(live, { parseGeneration: 7 }),
      await letter('media.archive', live, { media_id: uuid(), content_id: live }),
      await letter('media.archive', live, { media_id: 'of another release' }),
    ];
    const deliveries = [await delivery(live, 'sent'), await delivery(live, 'cancelled')];
    await rig.db.client.content.update({ where: { id: deleted }, data: { deletedAt: new Date() } });
    await rig.db.client.content.update({ where: { id: merged }, data: { mergedInto: live } });
    await rig.db.client.content.update({ where: { id: read }, data: { status: 'PULLED' } });

    expect(await retention.discardMootDeadLetters()).toBe(gone.length + pictures.length + deliveries.length);
    const open = (await rig.letters.list({ limit: 100 })).items.map(({ id }) => id);
    expect(open.sort()).toEqual(kept.sort());
    const notes = new Map<string, string | null>();
    for (const row of await rig.db.client.deadLetter.findMany()) notes.set(row.id, row.note);
    expect(new Set(gone.map((id) => notes.get(id)))).toEqual(new Set(['its content is gone']));
    expect(new Set(pictures.map((id) => notes.get(id)))).toEqual(
      new Set(['its picture is stored, skipped or gone from the page']),
    );
    expect(new Set(deliveries.map((id) => notes.get(id)))).toEqual(new Set(['its delivery is sent or cancelled']));
    expect(await rig.events('task.discarded')).toHaveLength(9);
    expect(await retention.discardMootDeadLetters()).toBe(0);
  });
});
