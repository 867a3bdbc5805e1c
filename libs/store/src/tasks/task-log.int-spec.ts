import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AnyNewTask, TaskRef } from '@vaultstream/contracts';
import { testDatabase, type TestDatabase } from '@vaultstream/testing';
import { Database } from '../database/database.ts';
import { openTx } from '../database/tx.ts';
import { PostgresTaskLog } from './task-log.ts';
import { PostgresTaskStore } from './task-store.ts';

const trace = { request_id: null, traceparent: null };
const parse = (content_id: number, more: Partial<AnyNewTask> = {}): AnyNewTask =>
  ({ name: 'content.parse', payload: { content_id }, trace, ...more }) as AnyNewTask;

describe('the task log', () => {
  const log = new PostgresTaskLog();
  let database: TestDatabase;
  let db: Database;
  let store: PostgresTaskStore;
  beforeAll(async () => {
    database = await testDatabase();
    db = new Database({ url: database.url, poolSize: 20 });
    store = new PostgresTaskStore(db);
  });
  afterAll(async () => {
    await db.close();
    await database.drop();
  });
  const append = (...tasks: AnyNewTask[]): Promise<TaskRef[]> => db.transact((tx) => log.append(tx, tasks));
  const rows = (contentId: number) => db.client.task.findMany({ where: { contentId } });

  it('keeps what the task belongs to, when it may run and where it came from', async () => {
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    const target_id = '0190f6a0-0000-7000-8000-000000000001';
    const [ref] = await append({
      name: 'delivery.send',
      payload: { delivery_id: '0190f6a0-0000-7000-8000-000000000002', content_id: 7, target_id },
      priority: 2,
      delayMs: 60_000,
      trace: { request_id: 'r-1', traceparent },
    });
    const row = await db.client.task.findUniqueOrThrow({ where: { id: ref?.id } });
    expect(row).toMatchObject({ queue: 'push', state: 'ready', priority: 2, contentId: 7, targetId: target_id });
    expect(row).toMatchObject({ requestId: 'r-1', traceparent, failures: 0, starts: 0 });
    const wait = row.runAt.getTime() - row.createdAt.getTime();
    expect(wait).toBeGreaterThanOrEqual(59_900);
    expect(wait).toBeLessThan(62_000);
  });

  it('J26: leaves nothing behind when the transaction is rolled back', async () => {
    const failing = db.transact(async (tx) => {
      await log.append(tx, [parse(26)]);
      throw new Error('rolled back');
    });
    await expect(failing).rejects.toThrow('rolled back');
    expect(await rows(26)).toEqual([]);
  });

  it('J23: answers 50 concurrent transactions with one live task, and none of them is aborted', async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, () =>
        db.transact(async (tx) => {
          const [ref] = await log.append(tx, [parse(50, { dedupeKey: 'content.parse:50' })]);
          // Whatever the transaction does next still works.
          await openTx(tx).$queryRaw`SELECT 1 AS alive`;
          return ref;
        }),
      ),
    );
    expect(new Set(answers.map((ref) => ref?.id)).size).toBe(1);
    expect(answers.filter((ref) => ref?.created)).toHaveLength(1);
    expect(await rows(50)).toHaveLength(1);
  });

  it('takes keys in one order, so that concurrent batches in any order all succeed', async () => {
    const keys = Array.from({ length: 20 }, (_, index) => index);
    const batches = Array.from({ length: 12 }, (_, turn) => (turn % 2 === 0 ? keys : keys.toReversed()));
    await Promise.all(
      batches.map((batch) => append(...batch.map((key) => parse(1_000 + key, { dedupeKey: `batch:${key}` })))),
    );
    const count = await db.client.task.count({ where: { dedupeKey: { startsWith: 'batch:' } } });
    expect(count).toBe(20);
  });

  it('answers doubles within one batch with the first of them, in the order asked', async () => {
    const refs = await append(
      parse(60, { dedupeKey: 'same' }),
      parse(61),
      parse(62, { dedupeKey: 'same' }),
      parse(63, { dedupeKey: 'other' }),
    );
    expect(refs.map((ref) => ref.created)).toEqual([true, true, false, true]);
    expect(refs[2]?.id).toBe(refs[0]?.id);
    expect((await rows(62)).length + (await rows(61)).length).toBe(1);
  });

  it('frees the key when the task has ended', async () => {
    const [first] = await append(parse(70, { dedupeKey: 'free' }));
    await db.client.task.delete({ where: { id: first?.id } });
    const [second] = await append(parse(70, { dedupeKey: 'free' }));
    expect(second).toMatchObject({ created: true });
  });

  it('refuses a payload that the catalog does not know', async () => {
    await expect(append(parse(0))).rejects.toThrow(/"content.parse" does not fit the catalog/);
  });

  it('stores a batch of 2,000 in one statement', async () => {
    const refs = await append(...Array.from({ length: 2_000 }, (_, index) => parse(10_000 + index)));
    expect(new Set(refs.map((ref) => ref.id)).size).toBe(2_000);
    expect(await db.client.task.count({ where: { contentId: { gte: 10_000 } } })).toBe(2_000);
    await db.client.task.deleteMany({ where: { contentId: { gte: 10_000 } } });
  });

  it('takes away all live tasks of a content; a running one loses its lease', async () => {
    await db.client.task.deleteMany();
    await append(parse(80), parse(80, { delayMs: 60_000 }), parse(81));
    const [wakeUp] = (await store.takeReady({ parse: 10 }, 'test')).filter((entry) => entry.priority === 5);
    const claimed = wakeUp && (await store.claim(wakeUp, 'w', 60_000));
    expect(claimed?.contentId).toBe(80);
    expect(await db.transact((tx) => log.cancelForContent(tx, 80))).toBe(2);
    expect(await rows(80)).toEqual([]);
    expect(await rows(81)).toHaveLength(1);
    expect(claimed && (await store.renew(claimed.lease, 1_000))).toBe(false);
  });
});
