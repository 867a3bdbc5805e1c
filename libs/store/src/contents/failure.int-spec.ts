import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { aParse, contentRig, images, web, type ContentRig } from '../../test/content-rig.ts';

let rig: ContentRig;
beforeAll(async () => {
  rig = await contentRig();
});
beforeEach(() => rig.endTasks());
afterAll(() => rig.close());

const force = { force: true, archive: { enabled: true, maxImages: 100 } };
const failure = { errorType: 'UpstreamError', message: 'HTTP 502', stack: null, attempts: [] };
const fail = (id: number) => rig.transact((tx) => rig.contents.recordFailure(tx, id, failure));
const skip = (mediaId: string) => rig.transact((tx) => rig.media.skipped(tx, mediaId, 'a test'));
const forceSettle = (id: number) => rig.transact((tx) => rig.contents.forceSettle(tx, id, 1));
const tasks = async (id: number) =>
  (await rig.rows<{ name: string }>('SELECT name FROM tasks WHERE content_id = $1 ORDER BY name', id)).map(
    ({ name }) => name,
  );

/** A PULLED content that waits for its pictures and is being read anew. */
async function readAnew(name: string, pictures: number): Promise<{ id: number; media: string[] }> {
  const urls = Array.from({ length: pictures }, (_, index) => `https://i.example/${name}/${index}.png`);
  const id = await rig.pulled(`https://anew.example/${name}`, aParse({ title: 'Kept', media: images(...urls) }));
  await rig.transact((tx) => rig.contents.requeue(tx, id, force));
  await rig.transact((tx) => rig.contents.beginParse(tx, id));
  await rig.endTasks();
  const rows = await rig.rows<{ id: string }>('SELECT id::text FROM media WHERE content_id = $1 ORDER BY position', id);
  return { id, media: rows.map((row) => row.id) };
}

describe('a parse that fails for good', () => {
  it('of a content that was never read leaves it FAILED', async () => {
    const { contentId } = await rig.share({ canonical: web('https://never.example/') });
    await fail(contentId);
    expect(await rig.reads.get(contentId)).toMatchObject({ status: 'FAILED', failureCount: 1, lastError: 'HTTP 502' });
  });

  it('of a content that was read before gives it back as it was, with the error', async () => {
    const { id, media } = await readAnew('back', 1);
    await fail(id);
    expect(await rig.reads.get(id)).toMatchObject({
      status: 'PULLED',
      archiveStatus: 'pending',
      title: 'Kept',
      failureCount: 1,
      lastError: 'HTTP 502',
      lastErrorType: 'UpstreamError',
    });
    await skip(media[0] ?? '');
    expect(await rig.reads.get(id)).toMatchObject({ archiveStatus: 'none' });
    expect(await tasks(id)).toContain('delivery.plan');
    const events = await rig.rows(`SELECT payload->>'status' AS status FROM events WHERE type = 'content.failed'`);
    expect(events).toContainEqual({ status: 'PULLED' });
  });

  it('settles the content whose last picture came while it was being read', async () => {
    const { id, media } = await readAnew('late', 1);
    await skip(media[0] ?? '');
    expect(await rig.reads.get(id)).toMatchObject({ status: 'PROCESSING', archiveStatus: 'pending' });
    await fail(id);
    expect(await rig.reads.get(id)).toMatchObject({ status: 'PULLED', archiveStatus: 'none' });
    expect(await tasks(id)).toEqual(['delivery.plan']);
  });

  it('sets a new deadline where the old one passed meanwhile, and lets a living one be', async () => {
    const { id } = await readAnew('deadline', 1);
    expect(await forceSettle(id)).toBe(false);
    await fail(id);
    expect(await tasks(id)).toEqual(['content.settle']);
    expect(await forceSettle(id)).toBe(true);
    expect(await rig.reads.get(id)).toMatchObject({ status: 'PULLED', archiveStatus: 'partial' });

    const { id: other } = await readAnew('living', 1);
    const runAt = await rig.value<Date>(
      `INSERT INTO tasks (id, name, queue, payload, dedupe_key, content_id, run_at)
       VALUES (gen_random_uuid(), 'content.settle', 'media', '{}', 'content.settle:' || $1::int || '-1', $1::int, now() + interval '1 min')
       RETURNING run_at`,
      other,
    );
    await fail(other);
    expect(await rig.rows('SELECT run_at FROM tasks WHERE content_id = $1', other)).toEqual([{ run_at: runAt }]);
  });
});
