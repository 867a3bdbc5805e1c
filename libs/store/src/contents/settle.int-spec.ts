import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { aParse, contentRig, images, web, type ContentRig } from '../../test/content-rig.ts';

let rig: ContentRig;
beforeAll(async () => {
  rig = await contentRig();
});
beforeEach(() => rig.endTasks());
afterAll(() => rig.close());

const failure = { errorType: 'NotFound', message: '404' };
const fail = (mediaId: string) => rig.transact((tx) => rig.media.failed(tx, mediaId, failure));
const skip = (mediaId: string) => rig.transact((tx) => rig.media.skipped(tx, mediaId, 'a test'));
const plans = (id: number) =>
  rig.value(`SELECT count(*)::int FROM tasks WHERE name = 'delivery.plan' AND content_id = $1`, id);

/** A content that waits for its pictures. */
async function waiting(name: string, count: number): Promise<{ id: number; media: string[] }> {
  const urls = Array.from({ length: count }, (_, index) => `https://i.example/${name}/${index}.png`);
  const id = await rig.pulled(`https://settle.example/${name}`, aParse({ media: images(...urls) }));
  const rows = await rig.rows<{ id: string }>('SELECT id::text FROM media WHERE content_id = $1 ORDER BY position', id);
  return { id, media: rows.map((row) => row.id) };
}

describe('settling', () => {
  it('two last pictures that end together settle their content once, in every round', async () => {
    for (let round = 0; round < 60; round++) {
      const { id, media } = await waiting(`race-${round}`, 2);
      await Promise.all(media.map((mediaId) => fail(mediaId)));
      expect(await rig.reads.get(id)).toMatchObject({ archiveStatus: 'partial' });
      expect(await plans(id)).toBe(1);
      const settled = await rig.value(
        `SELECT count(*)::int FROM events WHERE content_id = $1 AND type = 'content.settled'`,
        id,
      );
      expect(settled).toBe(1);
    }
  });

  it('waits for the last one, and is idempotent', async () => {
    const { id, media } = await waiting('last', 3);
    const settle = () => rig.transact((tx) => rig.contents.settleIfDone(tx, id));
    await skip(media[0] ?? '');
    await skip(media[1] ?? '');
    expect(await settle()).toBe(false);
    expect(await rig.reads.get(id)).toMatchObject({ archiveStatus: 'pending' });
    await skip(media[2] ?? '');
    expect(await rig.reads.get(id)).toMatchObject({ archiveStatus: 'none' });
    expect(await settle()).toBe(false);
    expect(await plans(id)).toBe(1);
  });

  it('the deadline settles as partial, once; a picture that comes later still counts', async () => {
    const { id, media } = await waiting('deadline', 1);
    const force = (generation: number) => rig.transact((tx) => rig.contents.forceSettle(tx, id, generation));
    expect(await force(7)).toBe(false);
    expect(await force(1)).toBe(true);
    expect(await rig.reads.get(id)).toMatchObject({ archiveStatus: 'partial' });
    expect(await force(1)).toBe(false);
    expect(await plans(id)).toBe(1);
    await rig.endTasks();
    await skip(media[0] ?? '');
    expect(await rig.reads.get(id)).toMatchObject({ archiveStatus: 'none' });
    expect(await plans(id)).toBe(0);
  });

  it('takes the deadlines with it, those of earlier parses too', async () => {
    const { id } = await waiting('no-deadline', 1);
    const parse = (name: string) =>
      rig.transact((tx) => rig.contents.recordParse(tx, id, aParse({ media: images(`https://i.example/${name}`) })));
    await parse('a.png');
    await rig.rows(`UPDATE contents SET status = 'PROCESSING' WHERE id = $1`, id);
    await parse('b.png');
    const deadlines = () =>
      rig.value(`SELECT count(*)::int FROM tasks WHERE name = 'content.settle' AND content_id = $1`, id);
    expect(await deadlines()).toBe(2);
    const pending = await rig.rows<{ id: string }>(
      `SELECT id::text FROM media WHERE content_id = $1 AND status = 'pending'`,
      id,
    );
    for (const media of pending) await skip(media.id);
    expect(await rig.reads.get(id)).toMatchObject({ archiveStatus: 'none' });
    expect(await deadlines()).toBe(0);
    expect(await plans(id)).toBe(1);
  });

  it('a deadline of an earlier parse ends nothing', async () => {
    const { id } = await waiting('generation', 1);
    const media = images('https://i.example/other.png');
    await rig.transact((tx) => rig.contents.recordParse(tx, id, aParse({ media })));
    expect(await rig.transact((tx) => rig.contents.forceSettle(tx, id, 1))).toBe(false);
    expect(await rig.reads.get(id)).toMatchObject({ archiveStatus: 'pending', parseGeneration: 2 });
  });

  it('does not settle what is deleted, merged or not PULLED', async () => {
    const { id } = await waiting('deleted', 1);
    await rig.transact((tx) => rig.contents.softDelete(tx, id));
    expect(await rig.transact((tx) => rig.contents.forceSettle(tx, id, 1))).toBe(false);
    const { contentId } = await rig.share({ canonical: web('https://settle.example/unread') });
    expect(await rig.transact((tx) => rig.contents.settleIfDone(tx, contentId))).toBe(false);
    expect(await rig.transact((tx) => rig.contents.settleIfDone(tx, 2_000_000_000))).toBe(false);
    expect(await rig.value(`SELECT count(*)::int FROM tasks WHERE name = 'delivery.plan'`)).toBe(0);
  });
});
