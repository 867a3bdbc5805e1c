import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Conflict, NotFound, type Tx } from '@vaultstream/contracts';
import { burial, lettersRig, traceparent, type LettersRig } from '../../test/letters-rig.ts';
import type { Database } from '../database/database.ts';
import { openTx } from '../database/tx.ts';
import type { DeadLetters } from './dead-letters.ts';
import type { PostgresTaskStore } from './task-store.ts';

describe('dead letters', () => {
  let rig: LettersRig;
  let db: Database;
  let store: PostgresTaskStore;
  let letters: DeadLetters;
  beforeAll(async () => {
    rig = await lettersRig();
    ({ db, store, letters } = rig);
  });
  afterAll(() => rig.close());
  beforeEach(() => rig.clear());

  const claimed = (contentId: number) => rig.claimed(contentId);
  const dead = (...given: Parameters<LettersRig['dead']>) => rig.dead(...given);

  it('hold all that is needed to understand and to replay, and the event is written with them', async () => {
    const id = await dead(1);
    expect(await letters.get(id)).toMatchObject({
      task: 'content.parse',
      content_id: 1,
      reason: 'max_attempts_reached',
      error_type: 'NetworkError',
      error: 'connection reset',
      detail: { message: 'connection reset', stack: 'at somewhere', attempts: burial.attempts },
      attempts: 1,
      trace_id: 'c'.repeat(32),
      fingerprint: burial.fingerprint,
    });
    expect(await db.client.task.count()).toBe(0);
    const [event] = await db.client.$queryRaw<
      { payload: unknown }[]
    >`SELECT payload FROM events WHERE type = 'task.dead'`;
    expect(event?.payload).toMatchObject({ task: 'content.parse', dead_letter_id: id, error_type: 'NetworkError' });
  });

  it('appear together with the domain state, or not at all', async () => {
    const lease = await claimed(2);
    const write = async (tx: Tx) => {
      await openTx(tx).limiterCell.create({ data: { key: 'domain-state', tat: new Date() } });
    };
    const failing = store.bury(lease, burial, async (tx) => {
      await write(tx);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await db.client.deadLetter.count()).toBe(0);
    expect(await db.client.limiterCell.count()).toBe(0);
    await store.bury(lease, burial, write);
    expect(await db.client.deadLetter.count()).toBe(1);
    expect(await db.client.limiterCell.count()).toBe(1);
    await expect(store.bury(lease, burial)).rejects.toMatchObject({ name: 'FenceLost' });
  });

  it('J22: replayed 20 times at once give one new task, with fresh counters and a new id', async () => {
    const id = await dead(3);
    const before = await db.client.deadLetter.findUniqueOrThrow({ where: { id } });
    const answers = await Promise.all(Array.from({ length: 20 }, () => letters.replay(id)));
    expect(answers.filter((answer) => answer.created)).toHaveLength(1);
    expect(new Set(answers.map((answer) => answer.taskId)).size).toBe(1);
    const [task, ...others] = await db.client.task.findMany();
    expect(others).toEqual([]);
    expect(task).toMatchObject({
      payload: { content_id: 3 },
      priority: 3,
      state: 'ready',
      generation: 0,
      failures: 0,
      starts: 0,
      requestId: 'r-9',
    });
    // What it does is not a part of what happened then.
    expect(task?.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
    expect(task?.traceparent).not.toContain(traceparent.split('-')[1]);
    expect(task?.id).not.toBe(before.taskId);
    const [events] = await db.client.$queryRaw<
      { count: bigint }[]
    >`SELECT count(*) FROM events WHERE type = 'task.replayed'`;
    expect(events?.count).toBe(1n);
    expect((await letters.list({ limit: 10 })).items).toEqual([]);
  });

  it('answer with the live task when the same work was asked for meanwhile', async () => {
    const id = await dead(4);
    const lease = await claimed(4);
    expect(await letters.replay(id)).toEqual({ taskId: lease.taskId, created: false });
  });

  it('are closed when their work is asked for again in another way, and only theirs', async () => {
    const first = await dead(1);
    const other = await dead(2);
    const again = await claimed(1);
    expect(await letters.list({ limit: 10 })).toMatchObject({ items: [{ id: other }] });
    expect(await db.client.deadLetter.findUnique({ where: { id: first } })).toMatchObject({
      replayedTaskId: again.taskId,
    });
    expect((await store.stats()).find(({ queue }) => queue === 'parse')).toMatchObject({ failed: 1 });
    await store.bury(again, burial);
    expect((await letters.list({ limit: 10, content_id: 1 })).items).toHaveLength(1);
  });

  it('of another release are refused', async () => {
    const id = await dead(5);
    await db.client.deadLetter.update({ where: { id }, data: { payload: { content: 'x' } } });
    await expect(letters.replay(id)).rejects.toThrow(Conflict);
    await expect(letters.replay('00000000-0000-7000-8000-000000000000')).rejects.toThrow(NotFound);
  });

  it('are listed newest first, page by page, and filtered', async () => {
    for (let id = 1; id <= 5; id++) await dead(id, id === 5 ? { errorType: 'NotFound', reason: 'non_retryable' } : {});
    const first = await letters.list({ limit: 2 });
    const second = await letters.list({ limit: 2, cursor: first.next_cursor ?? '' });
    const third = await letters.list({ limit: 2, cursor: second.next_cursor ?? '' });
    expect([...first.items, ...second.items, ...third.items].map((item) => item.content_id)).toEqual([5, 4, 3, 2, 1]);
    expect(third.next_cursor).toBeNull();
    expect((await letters.list({ limit: 9, error_type: 'NotFound' })).items).toHaveLength(1);
    expect((await letters.list({ limit: 9, content_id: 2 })).items).toHaveLength(1);
  });
});
