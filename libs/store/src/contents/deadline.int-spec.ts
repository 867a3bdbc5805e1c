import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { settleDeadlineMs } from '@vaultstream/contracts';
import { PostgresTaskStore } from '../tasks/task-store.ts';
import { aParse, contentRig, images, web, type ContentRig } from '../../test/content-rig.ts';

let rig: ContentRig;
let store: PostgresTaskStore;
beforeAll(async () => {
  rig = await contentRig();
  store = new PostgresTaskStore(rig.db);
});
beforeEach(() => rig.endTasks());
afterAll(() => rig.close());

const archive = { enabled: true, maxImages: 100 };

/** A content that waits for two pictures; its tasks are alive. */
async function waiting(name: string): Promise<{ id: number; mediaId: string }> {
  const { contentId: id } = await rig.share({ canonical: web(`https://wait.example/${name}`), priority: 1 });
  await rig.endTasks();
  const parse = aParse({ media: images(`https://i.example/${name}/1.png`, `https://i.example/${name}/2.png`) });
  await rig.transact((tx) => rig.contents.recordParse(tx, id, parse));
  return { id, mediaId: await rig.value<string>('SELECT id::text FROM media WHERE content_id = $1 LIMIT 1', id) };
}

describe('the deadline of settling', () => {
  it('runs before the backlog of pictures that it guards against', async () => {
    await waiting('first');
    // Hours of pictures, all of them waiting for longer than the deadline.
    await rig.rows(
      `INSERT INTO tasks (id, name, queue, payload, run_at)
       SELECT gen_random_uuid(), 'media.archive', 'media', '{}', now() - interval '1 h' FROM generate_series(1, 100)`,
    );
    await rig.rows(`UPDATE tasks SET run_at = now() WHERE name = 'content.settle'`);
    await rig.rows(`DELETE FROM tasks WHERE name = 'media.archive' AND priority = 1`);
    const deadline = await rig.value<string>(`SELECT id::text FROM tasks WHERE name = 'content.settle'`);
    expect(await store.takeReady({ plan: 1 }, 'postgres')).toMatchObject([{ taskId: deadline }]);
  });

  it.each(['in the log', 'at the broker'])(
    'begins anew with pictures that are tried again: one that lies %s is put off',
    async (where) => {
      const { id, mediaId } = await waiting(`again-${where.length}`);
      await rig.transact((tx) => rig.media.failed(tx, mediaId, { errorType: 'NotFound', message: '404' }));
      await rig.rows(`DELETE FROM tasks WHERE name <> 'content.settle'`);
      await rig.rows(`UPDATE tasks SET run_at = now()`);
      const taken = where === 'at the broker' ? await store.takeReady({ plan: 1, media: 1 }, 'postgres') : [];
      // The one that failed, and the other one, whose task is gone.
      expect(await rig.transact((tx) => rig.contents.requeue(tx, id, { force: false, archive }))).toMatchObject({
        media: 2,
      });
      const rows = await rig.rows(
        `SELECT state, run_at > now() + make_interval(secs => $1::float8) AS later FROM tasks WHERE name = 'content.settle'`,
        settleDeadlineMs / 1_000 - 60,
      );
      expect(rows).toEqual([{ state: 'ready', later: true }]);
      expect(taken).toHaveLength(where === 'at the broker' ? 1 : 0);
      for (const wakeUp of taken) expect(await store.claim(wakeUp, 'worker', 1_000)).toBeNull();
    },
  );
});
