import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { eventually } from '@vaultstream/testing';
import { openTx } from '../database/tx.ts';
import { aParse, contentRig, images, web, type ContentRig } from '../../test/content-rig.ts';

let rig: ContentRig;
beforeAll(async () => {
  rig = await contentRig();
});
beforeEach(() => rig.endTasks());
afterAll(() => rig.close());

const archive = { enabled: true, maxImages: 100 };
const requeue = (id: number, force = false) => rig.transact((tx) => rig.contents.requeue(tx, id, { force, archive }));
const fail = async (url: string, errorType: string) => {
  const { contentId } = await rig.share({ canonical: web(url) });
  await rig.transact((tx) =>
    rig.contents.recordFailure(tx, contentId, { errorType, message: 'x', stack: null, attempts: [] }),
  );
  return contentId;
};

const archiveTasks = () => rig.value(`SELECT count(*)::int FROM tasks WHERE name = 'media.archive'`);
const statuses = async (id: number) =>
  (await rig.rows<{ status: string }>('SELECT status FROM media WHERE content_id = $1 ORDER BY position', id)).map(
    ({ status }) => status,
  );

describe('deleting', () => {
  it('ends the live tasks, cancels what has not left, keeps what was sent', async () => {
    const { contentId: id } = await rig.share({ canonical: web('https://del.example/') });
    const states = ['planned', 'held', 'sent', 'unconfirmed'];
    for (const state of states) {
      const targetId = uuidv7();
      await rig.rows(
        `INSERT INTO targets (id, key, kind, name, address) VALUES ($1::uuid, $2, 'webhook', 't', '{}')`,
        targetId,
        targetId,
      );
      await rig.rows(
        'INSERT INTO deliveries (id, content_id, target_id, state) VALUES ($1::uuid, $2, $3::uuid, $4)',
        uuidv7(),
        id,
        targetId,
        state,
      );
    }
    await rig.transact((tx) => rig.contents.beginParse(tx, id));
    expect(await rig.transact((tx) => rig.contents.softDelete(tx, id))).toBe(true);
    expect(await rig.value('SELECT count(*)::int FROM tasks')).toBe(0);
    const ledger = await rig.rows<{ state: string }>(
      'SELECT state FROM deliveries WHERE content_id = $1 ORDER BY id',
      id,
    );
    expect(ledger.map(({ state }) => state)).toEqual(['cancelled', 'cancelled', 'sent', 'unconfirmed']);
    expect(await rig.reads.get(id)).toBeNull();
    expect(await rig.transact((tx) => rig.contents.softDelete(tx, id))).toBe(false);
    expect(await rig.share({ canonical: web('https://del.example/') })).toMatchObject({
      contentId: id,
      status: 'UNPROCESSED',
    });
    expect(await rig.value(`SELECT count(*)::int FROM tasks WHERE name = 'content.parse'`)).toBe(1);
  });

  it('of a merged id waits for the tasks of the survivor before it holds the content that their runs want', async () => {
    const [older, younger] = [await rig.pulled('https://m1.example/'), await rig.pulled('https://m2.example/')];
    await rig.transact((tx) => rig.contents.merge(tx, older, younger));
    await rig.endTasks();
    await rig.transact((tx) => rig.contents.requeue(tx, older, { force: true, archive }));
    let [runs, deletes] = [0, 0];
    let deleting: Promise<boolean> | undefined;
    // A run of the survivor's task: it holds the task, then locks the content.
    await rig.transact(async (tx) => {
      runs++;
      await openTx(tx).$queryRaw`SELECT 1 AS held FROM tasks WHERE content_id = ${older}::int FOR SHARE`;
      deleting ??= rig.transact((other) => {
        deletes++;
        return rig.contents.softDelete(other, younger);
      });
      await eventually(async () => {
        const waiting = `SELECT count(*)::int FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
        return (await rig.value(waiting)) > 0;
      });
      expect(await rig.contents.wantsParse(tx, older)).toBe(true);
    });
    expect(await deleting).toBe(true);
    expect([runs, deletes]).toEqual([1, 1]);
    expect(await rig.reads.get(older)).toBeNull();
  });

  it('a delete and shares at once leave the content either deleted without tasks or alive with one', async () => {
    for (let round = 0; round < 15; round++) {
      const canonical = web(`https://both.example/${round}`);
      const { contentId: id } = await rig.share({ canonical });
      await Promise.all([
        rig.transact((tx) => rig.contents.softDelete(tx, id)),
        rig.share({ canonical }),
        rig.transact((tx) => rig.contents.beginParse(tx, id)),
      ]);
      const alive = (await rig.reads.get(id)) !== null;
      expect(await rig.value('SELECT count(*)::int FROM tasks WHERE content_id = $1', id)).toBe(alive ? 1 : 0);
    }
  });
});

describe('retrying', () => {
  it('15: FAILED is queued again, with an event; an unknown id answers nothing', async () => {
    const id = await fail('https://retry.example/', 'NotFound');
    await rig.endTasks();
    expect(await requeue(id)).toEqual({ outcome: 'queued', contentId: id });
    expect(await rig.rows('SELECT name, content_id FROM tasks')).toEqual([{ name: 'content.parse', content_id: id }]);
    expect(await requeue(id)).toEqual({ outcome: 'live', contentId: id, status: 'UNPROCESSED' });
    expect(await rig.value('SELECT count(*)::int FROM tasks')).toBe(1);
    expect(await requeue(2_000_000_000)).toBeNull();
  });

  it('15: PULLED is left alone unless forced', async () => {
    const id = await rig.pulled('https://calm.example/');
    expect(await requeue(id)).toEqual({ outcome: 'pulled', contentId: id, media: 0 });
    expect(await rig.value('SELECT count(*)::int FROM tasks')).toBe(0);
    expect(await requeue(id, true)).toEqual({ outcome: 'queued', contentId: id });
    expect(await rig.transact((tx) => rig.contents.wantsParse(tx, id))).toBe(true);
  });

  it('8: of a PULLED content the pictures that failed are tried again', async () => {
    const id = await rig.pulled('https://pics.example/', aParse({ media: images('https://i.example/a.png') }));
    const media = await rig.value<string>('SELECT id::text FROM media WHERE content_id = $1', id);
    await rig.transact((tx) => rig.media.failed(tx, media, { errorType: 'NotFound', message: '404' }));
    await rig.endTasks();
    expect(await requeue(id)).toEqual({ outcome: 'pulled', contentId: id, media: 1 });
    expect(await rig.rows('SELECT name FROM tasks ORDER BY name')).toEqual([
      { name: 'content.settle' },
      { name: 'media.archive' },
    ]);
    expect(await rig.reads.get(id)).toMatchObject({ status: 'PULLED', archiveStatus: 'pending' });
    const events = await rig.rows(`SELECT content_id, payload FROM events WHERE type = 'media.requeued'`);
    expect(events).toEqual([{ content_id: id, payload: { media_ids: [media] } }]);
  });

  it('8: of a PULLED content the pictures that were skipped are archived, in order and up to the limit, without a parse', async () => {
    const off = { enabled: false, maxImages: 100 };
    const pictures = images('https://i.example/s1.png', 'https://i.example/s2.png', 'https://i.example/s3.png');
    const film = { kind: 'video' as const, role: 'content' as const, url: 'https://i.example/film.mp4' };
    const id = await rig.pulled('https://skipped.example/', aParse({ media: [film, ...pictures] }, { archive: off }));
    expect(await rig.reads.get(id)).toMatchObject({ archiveStatus: 'none' });
    const ask = (policy: typeof off) =>
      rig.transact((tx) => rig.contents.requeue(tx, id, { force: false, archive: policy }));
    expect(await ask(off)).toMatchObject({ media: 0 });
    expect(await ask({ enabled: true, maxImages: 2 })).toEqual({ outcome: 'pulled', contentId: id, media: 2 });
    expect(await statuses(id)).toEqual(['skipped', 'pending', 'pending', 'skipped']);
    expect(await rig.reads.get(id)).toMatchObject({ status: 'PULLED', archiveStatus: 'pending' });
    expect(await archiveTasks()).toBe(2);
    // The limit counts what is under way.
    expect(await ask({ enabled: true, maxImages: 2 })).toMatchObject({ media: 0 });
    expect(await ask(archive)).toMatchObject({ media: 1 });
    expect(await archiveTasks()).toBe(3);
    expect(await rig.value(`SELECT count(*)::int FROM tasks WHERE name = 'content.parse'`)).toBe(0);
  });

  it('8: two retries at once queue each picture once', async () => {
    for (let round = 0; round < 10; round++) {
      const off = { archive: { enabled: false, maxImages: 100 } };
      const url = `https://twice.example/${round}`;
      const id = await rig.pulled(url, aParse({ media: images(`${url}/1.png`, `${url}/2.png`) }, off));
      const outcomes = await Promise.all([requeue(id), requeue(id), requeue(id)]);
      const counts = outcomes.map((outcome) => (outcome?.outcome === 'pulled' ? outcome.media : NaN));
      expect(counts.sort()).toEqual([0, 0, 2]);
      expect(await archiveTasks()).toBe(2);
    }
  });

  it('8: a picture that waits without a task gets one', async () => {
    const id = await rig.pulled('https://orphan.example/', aParse({ media: images('https://i.example/o.png') }));
    expect(await statuses(id)).toEqual(['pending']);
    expect(await requeue(id)).toMatchObject({ media: 1 });
    expect(await requeue(id)).toMatchObject({ media: 0 });
    expect(await archiveTasks()).toBe(1);
  });

  it('16: a bulk retry takes the failed ones of one error type and platform, the oldest first, up to its limit', async () => {
    const wanted: number[] = [];
    for (let index = 0; index < 5; index++) wanted.push(await fail(`https://bulk.example/${index}`, 'UpstreamError'));
    const other = await fail('https://bulk.example/other', 'AccessDenied');
    const deleted = await fail('https://bulk.example/deleted', 'UpstreamError');
    await rig.transact((tx) => rig.contents.softDelete(tx, deleted));
    await rig.endTasks();
    const retry = (limit: number, more = {}) =>
      rig.contents.bulkRequeue({ errorType: 'UpstreamError', limit, ...more });
    expect(await retry(10, { platform: 'nowhere' })).toEqual({ matched: 0, queued: 0 });
    expect(await retry(2, { platform: 'web' })).toEqual({ matched: 5, queued: 2 });
    const queued = await rig.rows<{ id: number }>('SELECT content_id AS id FROM tasks ORDER BY content_id');
    expect(queued.map(({ id }) => id)).toEqual(wanted.slice(0, 2));
    expect(await Promise.all([retry(10), retry(10)])).toContainEqual(expect.objectContaining({ matched: 3 }));
    expect(await rig.value('SELECT count(*)::int FROM tasks')).toBe(5);
    expect(await rig.reads.get(other)).toMatchObject({ status: 'FAILED' });
    expect(
      await rig.value(
        `SELECT count(*)::int FROM events WHERE type = 'content.requeued' AND payload->>'reason' = 'bulk_retry'`,
      ),
    ).toBe(5);
  });
});
