import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually, testDatabase, type TestDatabase } from '@vaultstream/testing';
import { Database } from '../database/database.ts';
import { openTx } from '../database/tx.ts';
import { PostgresTaskLog } from './task-log.ts';
import { PostgresTaskStore } from './task-store.ts';

describe('statements that lock several tasks', () => {
  const log = new PostgresTaskLog();
  let database: TestDatabase;
  let db: Database;
  let store: PostgresTaskStore;
  beforeAll(async () => {
    database = await testDatabase();
    db = new Database({ url: database.url });
    store = new PostgresTaskStore(db);
  });
  afterAll(async () => {
    await db.close();
    await database.drop();
  });
  beforeEach(() => db.client.task.deleteMany());

  /** Two tasks of one content that are handed over: the key that comes first in order is that of the younger one. */
  async function handedOver() {
    for (const [content_id, dedupeKey] of [
      [1, 'b'],
      [2, 'a'],
    ] as const)
      await db.transact((tx) =>
        log.append(tx, [
          {
            name: 'content.parse',
            payload: { content_id },
            dedupeKey,
            trace: { request_id: null, traceparent: null },
          },
        ]),
      );
    return store.takeReady({ parse: 10 }, 'test');
  }
  const lockers = () => db.client.$queryRaw<unknown[]>`
    SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  const isFree = async (key: string) =>
    (await db.client.$queryRaw<unknown[]>`SELECT 1 FROM tasks WHERE dedupe_key = ${key} FOR UPDATE SKIP LOCKED`)
      .length === 1;

  /** While the first task in order is locked, whoever wants both must not hold the second: an append or a cancel may hold the first. */
  async function takesThemInOrder(work: () => Promise<unknown>[]): Promise<void> {
    let working: Promise<unknown>[] = [];
    await db.transact(async (tx) => {
      await openTx(tx).$queryRaw`SELECT 1 FROM tasks WHERE dedupe_key = 'a' FOR UPDATE`;
      working = work();
      await eventually(async () => (await lockers()).length > 0, { timeoutMs: 3_000 });
      expect(await isFree('b')).toBe(true);
    });
    await Promise.all(working);
  }

  it('claims', async () => {
    const wakeUps = await handedOver();
    await takesThemInOrder(() => {
      // The first goes alone; those that come meanwhile go together.
      const alone = store.claim({ taskId: '01900000-0000-7000-8000-000000000000', generation: 1 }, 'worker', 60_000);
      return [alone, ...wakeUps.map((wakeUp) => store.claim(wakeUp, 'worker', 60_000))];
    });
    expect(await db.client.task.count({ where: { state: 'running' } })).toBe(2);
  });

  it('ends', async () => {
    const wakeUps = await handedOver();
    const claimed = await Promise.all(wakeUps.map((wakeUp) => store.claim(wakeUp, 'worker', 60_000)));
    const leases = claimed.flatMap((task) => (task === null ? [] : [task.lease]));
    await takesThemInOrder(() => {
      const lost = { taskId: '01900000-0000-7000-8000-000000000000', fence: 1 };
      const alone = store.finishAlone(lost, true).catch(() => undefined);
      return [alone, ...leases.map((lease) => store.finishAlone(lease, true))];
    });
    expect(await db.client.task.count()).toBe(0);
  });
});
