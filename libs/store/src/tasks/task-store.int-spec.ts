import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  tasksOf,
  type AnyNewTask,
  type ClaimedTask,
  type Generation,
  type Lease,
  type WakeUp,
} from '@vaultstream/contracts';
import { eventually, testDatabase, type TestDatabase } from '@vaultstream/testing';
import { Database } from '../database/database.ts';
import { PostgresTaskLog } from './task-log.ts';
import { PostgresTaskStore } from './task-store.ts';

const trace = { request_id: null, traceparent: null };
const minute = 60_000;

describe('the task store', () => {
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

  const append = (content_id: number, more: Partial<AnyNewTask> = {}) =>
    db.transact((tx) =>
      log.append(tx, [{ name: 'content.parse', payload: { content_id }, trace, ...more } as AnyNewTask]),
    );
  /** Of those that share wake-ups. */
  const appendPlans = (count: number, more: Partial<AnyNewTask> = {}) =>
    db.transact((tx) =>
      log.append(
        tx,
        Array.from({ length: count }, (_, index) => ({
          ...({ name: 'delivery.plan', payload: { content_id: index + 1 }, trace } as const),
          ...more,
        })) as AnyNewTask[],
      ),
    );
  const takePlans = () => store.takeReady({ plan: 1_000 }, 'test');
  const sizesOf = (wakeUps: readonly WakeUp[]) =>
    wakeUps.map((wakeUp) => tasksOf(wakeUp).length).toSorted((a, b) => b - a);
  const row = (contentId: number) => db.client.task.findFirstOrThrow({ where: { contentId } });
  const take = () => store.takeReady({ parse: 1_000 }, 'test');
  /** Appends, hands over and claims one. */
  async function running(contentId: number, leaseMs = minute): Promise<{ wakeUp: WakeUp; claimed: ClaimedTask }> {
    await append(contentId);
    const wakeUp = (await take())[0] as WakeUp;
    return { wakeUp, claimed: (await store.claim(wakeUp, 'worker-1', leaseMs)) as ClaimedTask };
  }
  const finish = (lease: Lease) => db.transact((tx) => store.finish(tx, lease));

  describe('handing over', () => {
    it('takes the urgent first, then the oldest, and only what is due', async () => {
      await append(1, { priority: 5 });
      await append(2, { priority: 5 });
      await append(3, { priority: 1 });
      await append(4, { delayMs: minute });
      const taken = await take();
      const ids = await Promise.all(
        taken.map(async ({ taskId }) => (await db.client.task.findUniqueOrThrow({ where: { id: taskId } })).contentId),
      );
      expect(ids).toEqual([3, 1, 2]);
      expect(taken.every((wakeUp) => wakeUp.generation === 1)).toBe(true);
    });

    it('leaves in the log what exceeds a queue, and queues that are not named', async () => {
      for (let id = 1; id <= 5; id++) await append(id);
      expect(await store.takeReady({ push: 10 }, 'test')).toEqual([]);
      expect(await store.takeReady({ parse: 3 }, 'test')).toHaveLength(3);
      expect(await store.takeReady({ parse: 3 }, 'test')).toHaveLength(0);
      expect(await store.takeReady({ parse: 4 }, 'test')).toHaveLength(1);
    });

    it('J24: gives each task to one of many relays', async () => {
      await db.transact((tx) =>
        log.append(
          tx,
          Array.from({ length: 1_000 }, (_, id) => ({
            name: 'content.parse' as const,
            payload: { content_id: id + 1 },
            trace,
          })),
        ),
      );
      const taken = await Promise.all(Array.from({ length: 8 }, () => store.takeReady({ parse: 5_000 }, 'test')));
      const rest = await store.takeReady({ parse: 5_000 }, 'test');
      const ids = [...taken.flat(), ...rest].map((wakeUp) => wakeUp.taskId);
      expect(new Set(ids).size).toBe(ids.length);
      while ((await store.takeReady({ parse: 5_000 }, 'test')).length > 0);
      expect(await db.client.task.count({ where: { state: 'ready' } })).toBe(0);
      expect(await db.client.task.count({ where: { generation: { not: 1 } } })).toBe(0);
    });

    it('puts back one generation only, and gives it out under the next', async () => {
      await append(1);
      const first = await take();
      expect(await store.putBack(first)).toBe(1);
      const [second] = await take();
      expect(second?.generation).toBe(2);
      expect(await store.putBack(first)).toBe(0);
      expect((await row(1)).state).toBe('queued');
    });

    it('names what the broker should be asked about, and forgets it when confirmed', async () => {
      await append(1);
      const [wakeUp] = await take();
      expect(await store.staleQueued(minute, 10)).toEqual([]);
      const stale = await eventually(async () => {
        const found = await store.staleQueued(20, 10);
        expect(found).not.toEqual([]);
        return found;
      });
      expect(stale).toEqual([{ taskId: wakeUp?.taskId, generation: 1, queue: 'parse', broker: 'test' }]);
      await store.confirmQueued(stale);
      expect(await store.staleQueued(5_000, 10)).toEqual([]);
    });

    it('lets tasks share wake-ups only when many are due, and spreads them: at most 64 each', async () => {
      for (const [due, sizes] of [
        [1, [1]],
        [8, Array.from({ length: 8 }, () => 1)],
        [16, Array.from({ length: 8 }, () => 2)],
        [600, Array.from({ length: 8 }, () => 64)],
      ] as const) {
        await db.client.task.deleteMany();
        await appendPlans(due);
        expect(sizesOf(await takePlans())).toEqual(sizes);
      }
      await db.transact((tx) =>
        log.append(
          tx,
          Array.from({ length: 100 }, (_, id) => ({
            name: 'content.parse' as const,
            payload: { content_id: id + 1 },
            trace,
          })),
        ),
      );
      expect(new Set(sizesOf(await take()))).toEqual(new Set([1]));
    });

    it('hands a flood over in large pieces: while half of what may lie at the broker is there, the rest stays in the log', async () => {
      const some = (bound: number) => store.takeReady({ plan: bound }, 'test');
      await appendPlans(300);
      expect(sizesOf(await some(160))).toEqual(Array.from({ length: 8 }, () => 20));
      const end = (count: number) =>
        db.client
          .$executeRaw`DELETE FROM tasks WHERE id IN (SELECT id FROM tasks WHERE state = 'queued' LIMIT ${count})`;
      await end(40);
      expect(await some(160)).toEqual([]);
      await end(40);
      expect(sizesOf(await some(160))).toEqual(Array.from({ length: 8 }, () => 10));
      await end(70);
      // All that is left: nobody is kept waiting for others.
      expect((await some(160)).flatMap(tasksOf)).toHaveLength(60);
    });

    it('names in each row of a chunk the wake-up that bears it', async () => {
      await appendPlans(64);
      for (const wakeUp of await takePlans()) {
        const name = `${wakeUp.taskId}-${wakeUp.generation}`;
        expect((await db.client.task.findUniqueOrThrow({ where: { id: wakeUp.taskId } })).wakeUp).toBeNull();
        const others = (wakeUp.others ?? []).map(({ taskId }) => taskId);
        const rows = await db.client.task.findMany({ where: { wakeUp: name }, select: { id: true } });
        expect(rows.map(({ id }) => id).toSorted()).toEqual(others.toSorted());
      }
      const stale = await eventually(async () => {
        const found = await store.staleQueued(1, 100);
        expect(found).toHaveLength(64);
        return found;
      });
      expect(stale.filter(({ wakeUp }) => wakeUp === undefined)).toHaveLength(8);
    });

    it('puts tasks of one priority only into a wake-up, the urgent ones first', async () => {
      await appendPlans(40, { priority: 9 });
      await appendPlans(40, { priority: 1 });
      const wakeUps = await takePlans();
      expect(wakeUps.map(({ priority }) => priority)).toEqual([
        ...Array<number>(8).fill(1),
        ...Array<number>(8).fill(9),
      ]);
      for (const wakeUp of wakeUps) {
        const rows = await db.client.task.findMany({
          where: { id: { in: tasksOf(wakeUp).map(({ taskId }) => taskId) } },
        });
        expect(new Set(rows.map(({ priority }) => priority))).toEqual(new Set([wakeUp.priority]));
      }
    });

    it('J20: gives a wake-up of its own to what was in a chunk whose process died', async () => {
      await appendPlans(100);
      const [killed, ...others] = await takePlans();
      await store.claimAll(tasksOf(killed as WakeUp), 'worker-1', 1);
      const suspects = tasksOf(killed as WakeUp).map(({ taskId }) => taskId);
      await eventually(
        async () =>
          (await db.client.task.count({ where: { state: 'running' } })) === 0 || (await store.expireLeases()) > 0,
      );
      await store.putBack(others.flatMap(tasksOf));
      const again = await takePlans();
      const alone = again.filter((wakeUp) => tasksOf(wakeUp).length === 1).map(({ taskId }) => taskId);
      expect(alone.toSorted()).toEqual(suspects.toSorted());
      expect(again.length).toBeLessThan(suspects.length + 10);
    });

    it('says when the next delayed task is due', async () => {
      expect(await store.nextDueMs(['parse'])).toBeNull();
      await append(1, { delayMs: 5_000 });
      await append(2);
      await take();
      const due = (await store.nextDueMs(['parse'])) ?? 0;
      expect(due).toBeGreaterThan(3_000);
      expect(due).toBeLessThanOrEqual(5_001);
      expect(await store.nextDueMs(['push'])).toBeNull();
      await db.client.task.updateMany({ where: { contentId: 1 }, data: { runAt: new Date(0) } });
      expect(await store.nextDueMs(['parse'])).toBe(0);
    });
  });

  describe('running', () => {
    it('lets one of many wake-ups claim, and only of the last generation', async () => {
      await append(1);
      const [first] = await take();
      await store.putBack(first ? [first] : []);
      const [second] = await take();
      expect(first && (await store.claim(first, 'w', minute))).toBeNull();
      const claims = await Promise.all(Array.from({ length: 10 }, () => store.claim(second as WakeUp, 'w', minute)));
      expect(claims.filter((claim) => claim !== null)).toHaveLength(1);
    });

    it('lets one of two claim when the same wake-up came twice and both go in one statement', async () => {
      await append(1);
      const [wakeUp] = (await take()) as [WakeUp];
      // The first goes alone; those that come meanwhile go together.
      const alone = store.claim({ taskId: '01900000-0000-7000-8000-000000000000', generation: 1 }, 'worker-1', minute);
      const twins = await Promise.all([alone, ...[1, 2].map(() => store.claim(wakeUp, 'worker-1', minute))]);
      expect(twins.filter((claimed) => claimed !== null)).toHaveLength(1);
    });

    it('claims a chunk in one statement: what is still to be done of it, each once', async () => {
      await appendPlans(64);
      const tasks = (await takePlans()).flatMap(tasksOf);
      const [gone, ...left] = tasks as [Generation, ...Generation[]];
      await store.putBack([gone]);
      const [first, second] = await Promise.all([1, 2].map(() => store.claimAll(tasks, 'worker-1', minute)));
      const claimed = [...(first ?? []), ...(second ?? [])].map(({ lease }) => lease.taskId);
      expect(claimed.toSorted()).toEqual(left.map(({ taskId }) => taskId).toSorted());
      expect(first).toHaveLength(63);
    });

    it('hands back what has not begun: at once, uncounted, and only what is held', async () => {
      await appendPlans(8);
      const claimed = await store.claimAll((await takePlans()).flatMap(tasksOf), 'worker-1', minute);
      const [ended, ...others] = claimed.map(({ lease }) => lease) as [Lease, ...Lease[]];
      await finish(ended);
      await store.handBack([ended, ...others]);
      expect(await db.client.task.count({ where: { state: 'ready', starts: 0, leasedBy: null } })).toBe(7);
      await expect(finish(others[0] as Lease)).rejects.toMatchObject({ name: 'FenceLost' });
      expect((await takePlans()).flatMap(tasksOf)).toHaveLength(7);
    });

    it('ends runs by their id, though none ran when the log was last looked at', async () => {
      const own = new Database({ url: database.url, poolSize: 1 });
      const single = new PostgresTaskStore(own);
      const read = async () => {
        await own.client.$queryRaw`SELECT pg_stat_force_next_flush()`;
        const [row] = await own.client.$queryRaw<{ n: bigint }[]>`
          SELECT idx_tup_read AS n FROM pg_stat_user_indexes WHERE indexrelname = 'tasks_running'`;
        return Number(row?.n ?? 0);
      };
      for (let from = 0; from < 500; from += 100) await appendPlans(100);
      await store.noteFlood();
      const claimed = await single.claimAll((await takePlans()).flatMap(tasksOf), 'worker-1', minute);
      const before = await read();
      await Promise.all(claimed.slice(0, 400).map(({ lease }) => single.finishAlone(lease, true)));
      for (const { lease } of claimed.slice(400, 450)) await own.transact((tx) => single.finish(tx, lease));
      for (const { lease } of claimed.slice(450)) expect(await single.renew(lease, minute)).toBe(true);
      expect(await db.client.task.count()).toBe(50);
      // One look through all that run would already be 500.
      expect((await read()) - before).toBeLessThan(500);
      await own.close();
    });

    it('J19: rejects whatever a run writes after another has taken over', async () => {
      const { wakeUp, claimed: zombie } = await running(1, 1);
      const heir = await eventually(async () => {
        const taken = await store.claim(wakeUp, 'worker-2', minute);
        if (taken === null) throw new Error('the lease still holds');
        return taken;
      });
      expect(heir.lease.fence).toBe(zombie.lease.fence + 1);
      await expect(finish(zombie.lease)).rejects.toMatchObject({ name: 'FenceLost' });
      await expect(db.transact((tx) => store.assertHeld(tx, zombie.lease))).rejects.toMatchObject({
        name: 'FenceLost',
      });
      await expect(store.retry(zombie.lease, { type: 'NetworkError', message: '' }, 0)).rejects.toMatchObject({
        name: 'FenceLost',
      });
      await expect(store.defer(zombie.lease, 0)).rejects.toMatchObject({ name: 'FenceLost' });
      expect(await store.renew(zombie.lease, minute)).toBe(false);
      expect(await row(1)).toMatchObject({ state: 'running', leasedBy: 'worker-2', failures: 0 });
      await finish(heir.lease);
      expect(await db.client.task.count()).toBe(0);
    });

    it('sets free what nobody renews, and keeps what is renewed', async () => {
      const dead = await running(1, 1);
      const alive = await running(2, minute);
      await eventually(async () => (await store.expireLeases()) === 1);
      expect(await row(1)).toMatchObject({ state: 'ready', generation: 1, leasedBy: null });
      expect(await store.renew(dead.claimed.lease, minute)).toBe(false);
      expect(await store.renew(alive.claimed.lease, minute)).toBe(true);
    });

    it('J20: parts those whose process has died with them more than once, so that a poison pill dies alone', async () => {
      const count = 20;
      for (let id = 1; id <= count; id++) await append(id);
      const die = async () => {
        for (const wakeUp of await take()) await store.claim(wakeUp, 'worker-1', 1);
        let freed = 0;
        await eventually(async () => (freed += await store.expireLeases()) === count);
      };
      await die();
      expect(await store.nextDueMs(['parse'])).toBe(0);
      await die();
      const times = await db.client.task.findMany({ select: { runAt: true, state: true } });
      expect(new Set(times.map(({ state }) => state))).toEqual(new Set(['ready']));
      expect(new Set(times.map(({ runAt }) => runAt.getTime())).size).toBeGreaterThan(count / 2);
      for (const { runAt } of times) expect(runAt.getTime()).toBeLessThan(Date.now() + 2_000);
    });

    it('rolls the deletion back with the transaction', async () => {
      const { claimed } = await running(1);
      const failing = db.transact(async (tx) => {
        await store.finish(tx, claimed.lease);
        throw new Error('too late');
      });
      await expect(failing).rejects.toThrow('too late');
      expect(await row(1)).toMatchObject({ state: 'running' });
    });

    it('counts a failure with its error, and nothing for what was deferred', async () => {
      const { claimed } = await running(1);
      await store.retry(claimed.lease, { type: 'NetworkError', message: 'reset\u0000' }, minute);
      const failed = await row(1);
      expect(failed).toMatchObject({
        state: 'ready',
        failures: 1,
        starts: 1,
        errors: [{ type: 'NetworkError', message: 'reset' }],
      });
      expect(failed.runAt.getTime() - failed.createdAt.getTime()).toBeGreaterThan(50_000);
      await db.client.task.update({ where: { id: failed.id }, data: { runAt: new Date(0) } });
      const [again] = await take();
      const second = again && (await store.claim(again, 'w', minute));
      expect(second).toMatchObject({ failures: 1, starts: 2 });
      if (second) await store.defer(second.lease, 0);
      expect(await row(1)).toMatchObject({ state: 'ready', failures: 1, starts: 1 });
    });

    it('sets everything free for a process that is the only one', async () => {
      await running(1);
      await append(2);
      await take();
      expect(await store.releaseAll()).toBe(2);
      expect(await db.client.task.count({ where: { state: 'ready' } })).toBe(2);
    });
  });

  it('counts queues', async () => {
    await running(1);
    await append(2);
    await append(3, { delayMs: minute });
    const stats = await store.stats();
    expect(stats.find(({ queue }) => queue === 'parse')).toMatchObject({
      waiting: 1,
      active: 1,
      delayed: 1,
      failed: 0,
    });
    expect(stats.find(({ queue }) => queue === 'media')).toMatchObject({ waiting: 0, active: 0, oldestSeconds: 0 });
  });
});
