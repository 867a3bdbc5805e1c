import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Conflict, NotFound } from '@vaultstream/contracts';
import { lettersRig, type LettersRig } from '../../../test/letters-rig.ts';

describe('a discarded dead letter', () => {
  let rig: LettersRig;
  beforeAll(async () => {
    rig = await lettersRig();
  });
  afterAll(() => rig.close());
  beforeEach(() => rig.clear());
  const failed = async () => (await rig.store.stats()).find(({ queue }) => queue === 'parse')?.failed;

  it('leaves the list and the count, with an event, and stays to be read', async () => {
    const id = await rig.dead(1);
    expect(await failed()).toBe(1);
    await rig.letters.discard(id, 'ann', 'gone for good');
    await rig.letters.discard(id, 'bob', 'once more');
    expect((await rig.letters.list({ limit: 10 })).items).toEqual([]);
    expect(await failed()).toBe(0);
    expect(await rig.letters.get(id)).toMatchObject({
      state: 'discarded',
      closed: { by: 'ann', note: 'gone for good', task_id: null },
    });
    expect((await rig.events('task.discarded')).map(({ payload }) => payload)).toEqual([
      { task: 'content.parse', dead_letter_id: id, by: 'ann', note: 'gone for good' },
    ]);
    expect(await rig.letters.replayMany({ limit: 10 })).toMatchObject({ matched: 0 });
    await expect(rig.letters.discard('00000000-0000-7000-8000-000000000000')).rejects.toThrow(NotFound);
  });

  it('can still be replayed, and is not given up once it was', async () => {
    const id = await rig.dead(1);
    await rig.letters.discard(id);
    expect(await rig.letters.replay(id, 'ann')).toMatchObject({ created: true });
    expect(await rig.letters.get(id)).toMatchObject({ state: 'replayed', closed: { by: 'ann' } });
    await expect(rig.letters.discard(id)).rejects.toThrow(Conflict);
  });

  it('stays discarded when its work is asked for again', async () => {
    const id = await rig.dead(1);
    await rig.letters.discard(id);
    await rig.ask(1);
    expect(await rig.letters.get(id)).toMatchObject({ state: 'discarded', live_task: { state: 'ready' } });
  });

  it('goes by filter, the oldest first, up to the limit, each with its event', async () => {
    await rig.deadMany(30);
    await rig.dead(31, { errorType: 'NotFound' });
    const answer = await rig.letters.discardMany({ error_type: 'NetworkError', limit: 20, note: 'old' }, 'ann');
    expect(answer).toEqual({ discarded: 20, left: 10 });
    expect((await rig.letters.list({ limit: 50 })).items.map(({ content_id }) => content_id)).toEqual(
      Array.from({ length: 11 }, (_, index) => 31 - index),
    );
    expect(await rig.events('task.discarded')).toHaveLength(20);
  });

  it('is either replayed or discarded by those who press both at once', async () => {
    await rig.deadMany(200);
    const [replayed, discarded] = await Promise.all([
      rig.letters.replayMany({ limit: 200 }),
      rig.letters.discardMany({ queue: 'parse', limit: 200 }),
    ]);
    const open = (await rig.letters.list({ limit: 200 })).items.length;
    expect(replayed.queued + discarded.discarded + open).toBe(200);
    expect(await rig.db.client.task.count()).toBe(replayed.queued);
    expect(
      await rig.db.client.deadLetter.count({ where: { NOT: { OR: [{ replayedAt: null }, { discardedAt: null }] } } }),
    ).toBe(0);
  });
});
