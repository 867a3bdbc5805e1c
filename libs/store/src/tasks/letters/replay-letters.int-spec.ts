import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { NotFound } from '@vaultstream/contracts';
import { burial, lettersRig, type LettersRig } from '../../../test/letters-rig.ts';

describe('a bulk replay', () => {
  let rig: LettersRig;
  beforeAll(async () => {
    rig = await lettersRig();
  });
  afterAll(() => rig.close());
  beforeEach(() => rig.clear());

  it('J22: of 200 letters, pressed twice at once, runs each once, under a new id, and loses none', async () => {
    await rig.deadMany(200);
    const former = new Set((await rig.db.client.deadLetter.findMany()).map(({ taskId }) => taskId));
    const runs = await Promise.all([
      rig.letters.replayMany({ limit: 1_000 }, 'ann'),
      rig.letters.replayMany({ limit: 1_000 }, 'bob'),
    ]);
    expect(runs.reduce((sum, { queued }) => sum + queued, 0)).toBe(200);
    for (const { matched, queued, joined, unfit } of runs) expect(matched).toBe(queued + joined + unfit);
    const tasks = await rig.db.client.task.findMany();
    expect(new Set(tasks.map(({ contentId }) => contentId)).size).toBe(200);
    expect(tasks.filter(({ id, generation, failures }) => former.has(id) || generation > 0 || failures > 0)).toEqual(
      [],
    );
    expect(await rig.db.client.deadLetter.count({ where: { replayedTaskId: null } })).toBe(0);
    expect(await rig.events('task.replayed')).toHaveLength(200);
    expect(await rig.letters.replayMany({ limit: 1_000 })).toMatchObject({ replay_id: null, matched: 0, left: 0 });
  });

  it('J22: pressed in bulk and one by one at once, runs each once', async () => {
    await rig.deadMany(15);
    const ids = (await rig.letters.list({ limit: 15 })).items.map(({ id }) => id);
    const [bulk, ...single] = await Promise.all([
      rig.letters.replayMany({ limit: 15 }),
      ...ids.map((id) => rig.letters.replay(id)),
    ]);
    expect(bulk.queued + single.filter(({ created }) => created).length).toBe(15);
    expect(await rig.db.client.task.count()).toBe(15);
    expect((await rig.letters.list({ limit: 15 })).items).toEqual([]);
  });

  it('of thousands keeps its pace over its batches, the oldest first', async () => {
    await rig.deadMany(2_500);
    const answer = await rig.letters.replayMany({ limit: 2_200, per_minute: 600 });
    expect(answer).toMatchObject({ matched: 2_200, queued: 2_200, joined: 0, unfit: 0, left: 300 });
    const tasks = await rig.db.client.task.findMany({ orderBy: [{ runAt: 'asc' }, { id: 'asc' }] });
    const span = (tasks.at(-1)?.runAt.getTime() ?? 0) - (tasks[0]?.runAt.getTime() ?? 0);
    // A tenth of a second apart, and what the batches themselves took.
    expect(span).toBeGreaterThanOrEqual(2_199 * 100 - 5);
    expect(span).toBeLessThan(2_199 * 100 + 30_000);
    expect(tasks.map(({ contentId }) => contentId)).toEqual(Array.from({ length: 2_200 }, (_, index) => index + 1));
  }, 60_000);

  it('passes over what this release cannot run, and says so', async () => {
    await rig.deadMany(3);
    await rig.db.client.deadLetter.updateMany({ where: { contentId: 1 }, data: { payload: { content: 'x' } } });
    await rig.db.client.deadLetter.updateMany({ where: { contentId: 2 }, data: { name: 'content.dream' } });
    expect(await rig.letters.replayMany({ limit: 10 })).toMatchObject({ matched: 3, queued: 1, unfit: 2, left: 2 });
    expect((await rig.letters.list({ limit: 10 })).items.map(({ content_id }) => content_id)).toEqual([2, 1]);
  });

  it('closes letters whose work waits already with the task that does it', async () => {
    await rig.dead(1);
    const id = await rig.ask(2);
    await rig.deadMany(2);
    expect(await rig.letters.replayMany({ limit: 10 })).toMatchObject({ matched: 3, queued: 1, joined: 2, left: 0 });
    expect(await rig.db.client.deadLetter.findFirst({ where: { contentId: 2 } })).toMatchObject({ replayedTaskId: id });
  });

  it('takes just what its filter shows in the list', async () => {
    const [web, video] = [await rig.content(), await rig.content({ platform: 'bilibili' })];
    await rig.dead(web);
    await rig.dead(video, { errorType: 'AccessDenied', reason: 'auth_required', fingerprint: 'a'.repeat(16) });
    const at = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
    const filters = [
      [{ platform: 'bilibili' }, 1],
      [{ platform: 'web' }, 1],
      [{ reason: 'auth_required' }, 1],
      [{ queue: 'parse' }, 2],
      [{ queue: 'media' }, 0],
      [{ fingerprint: 'a'.repeat(16), task: 'content.parse' }, 1],
      [{ content_id: video }, 1],
      [{ target_id: '00000000-0000-7000-8000-000000000000' }, 0],
      [{ since: at(-1) }, 2],
      [{ since: at(1) }, 0],
      [{ until: at(-1) }, 0],
      [{ until: at(1), error_type: 'NetworkError' }, 1],
    ] as const;
    for (const [filter, count] of filters)
      expect({ filter, count: (await rig.letters.list({ ...filter, limit: 10 })).items.length }).toEqual({
        filter,
        count,
      });
    expect(await rig.letters.replayMany({ platform: 'bilibili', limit: 10 })).toMatchObject({ queued: 1, left: 0 });
    expect((await rig.letters.list({ limit: 10 })).items).toMatchObject([{ content_id: web, platform: 'web' }]);
    expect((await rig.letters.list({ limit: 10, state: 'replayed' })).items).toMatchObject([{ content_id: video }]);
    expect((await rig.letters.list({ limit: 10, state: 'any' })).items).toHaveLength(2);
  });

  it('can be watched: waiting, at work, dead again, ended', async () => {
    await rig.deadMany(4);
    const { replay_id } = await rig.letters.replayMany({ limit: 10, per_minute: 1 }, 'ann');
    const replayId = replay_id ?? '';
    expect(await rig.letters.replayProgress(replayId)).toMatchObject({ letters: 4, waiting: 4, active: 0 });
    await rig.store.bury(await rig.claim(), burial);
    await rig.db.client.$executeRaw`UPDATE tasks SET run_at = now() WHERE content_id IN (2, 3)`;
    const lease = await rig.claim();
    expect(await rig.letters.replayProgress(replayId)).toMatchObject({ waiting: 2, active: 1, dead: 1, ended: 0 });
    await rig.db.transact((tx) => rig.store.finish(tx, lease));
    const progress = await rig.letters.replayProgress(replayId);
    expect(progress).toMatchObject({ letters: 4, waiting: 2, active: 0, dead: 1, ended: 1 });
    expect(Date.parse(progress.ends_at ?? '')).toBeGreaterThan(Date.now() + 60_000);
    await expect(rig.letters.replayProgress('00000000-0000-7000-8000-000000000000')).rejects.toThrow(NotFound);
  });

  it('is cancelled as far as it has not begun: those letters are open again, and nothing is lost', async () => {
    await rig.deadMany(5);
    const { replay_id } = await rig.letters.replayMany({ limit: 10, per_minute: 1 });
    const lease = await rig.claim();
    expect(await rig.letters.cancelReplay(replay_id ?? '', 'ann')).toBe(4);
    expect((await rig.letters.list({ limit: 10 })).items.map(({ content_id }) => content_id)).toEqual([5, 4, 3, 2]);
    expect((await rig.db.client.task.findMany()).map(({ id }) => id)).toEqual([lease.taskId]);
    expect(await rig.events('task.replay_cancelled')).toHaveLength(4);
    expect(await rig.letters.cancelReplay(replay_id ?? '')).toBe(0);
    expect(await rig.letters.replayMany({ limit: 10 })).toMatchObject({ queued: 4, left: 0 });
  });

  it('does not hold back, nor take away by its cancelling, what somebody asks for meanwhile', async () => {
    await rig.deadMany(3);
    const { replay_id } = await rig.letters.replayMany({ limit: 10, per_minute: 1 });
    const later = async (contentId: number) =>
      (await rig.db.client.task.findFirstOrThrow({ where: { contentId } })).runAt.getTime() > Date.now() + 30_000;
    expect([await later(2), await later(3)]).toEqual([true, true]);
    await rig.ask(2);
    const { id } = await rig.db.client.deadLetter.findFirstOrThrow({ where: { contentId: 3 } });
    expect(await rig.letters.replay(id)).toMatchObject({ created: false });
    expect([await later(2), await later(3)]).toEqual([false, false]);
    expect(await rig.letters.cancelReplay(replay_id ?? '')).toBe(1);
    expect((await rig.db.client.task.findMany()).map(({ contentId }) => contentId).sort()).toEqual([2, 3]);
  });

  it('leaves a back-off of work that has begun as it is', async () => {
    await rig.deadMany(1);
    await rig.letters.replayMany({ limit: 10 });
    await rig.store.retry(await rig.claim(), { type: 'NetworkError', message: 'again' }, 3_600_000);
    await rig.ask(1);
    const { runAt } = await rig.db.client.task.findFirstOrThrow();
    expect(runAt.getTime()).toBeGreaterThan(Date.now() + 1_800_000);
  });
});
