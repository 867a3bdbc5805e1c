import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Chunk, Generation, WakeUp } from '@vaultstream/contracts';
import { eventually } from '@vaultstream/testing';
import type { AtBroker } from '../src/broker/index.ts';
import type { Broker, Consumer } from '../src/index.ts';

/** One store that brokers can be opened on. */
export interface BrokerHome {
  /** A broker as one process has it. */
  open(): Promise<Broker>;
  /** Loses everything, as after FLUSHALL. */
  wipe(): Promise<void>;
  end(): Promise<void>;
}

let ids = 0;
/** A wake-up of a task that nobody has heard of. */
function wakeUp(more: Partial<WakeUp> = {}): WakeUp {
  const taskId = `01900000-0000-7000-8000-${String(++ids).padStart(12, '0')}`;
  return {
    taskId,
    generation: 1,
    queue: 'parse',
    priority: 5,
    trace: { request_id: null, traceparent: null },
    ...more,
  };
}

/** What every broker must do, whatever carries it. */
export function describeBroker(name: string, makeHome: () => Promise<BrokerHome>): void {
  describe(`broker over ${name}`, () => {
    let home: BrokerHome;
    let broker: Broker;
    const consumers: Consumer[] = [];
    const others: Broker[] = [];
    beforeAll(async () => {
      home = await makeHome();
      broker = await home.open();
      await eventually(() => broker.probe());
    });
    afterEach(async () => {
      await Promise.all(consumers.splice(0).map((consumer) => consumer.close()));
      await Promise.all(others.splice(0).map((other) => other.close()));
      await home.wipe();
    });
    afterAll(async () => {
      await broker.close();
      await home.end();
    });
    async function consume(work: (chunk: Chunk) => Promise<void>, concurrency = 1, from = broker): Promise<Consumer> {
      const consumer = await from.consume('parse', concurrency, work);
      consumers.push(consumer);
      return consumer;
    }
    async function another(): Promise<Broker> {
      const other = await home.open();
      others.push(other);
      return other;
    }
    const batch = (count: number) => Array.from({ length: count }, () => wakeUp());

    it('has a name, and an epoch that stays while it keeps what it holds', async () => {
      expect(broker.name).toMatch(/^[a-z]+$/);
      const { epoch } = await broker.probe();
      expect(epoch).not.toBe('');
      expect((await broker.probe()).epoch).toBe(epoch);
      expect((await (await another()).probe()).epoch).toBe(epoch);
    });

    it('brings each wake-up, by priority, with its generation', async () => {
      const sent = [9, 5, 1, 7, 3].map((priority) => wakeUp({ priority, generation: priority }));
      await broker.publish('parse', sent);
      const got: Generation[] = [];
      await consume(async (generation) => void got.push(generation));
      await eventually(() => got.length === 5);
      expect(got).toEqual(
        [1, 3, 5, 7, 9].map((n) => ({ taskId: sent.find((w) => w.priority === n)?.taskId, generation: n })),
      );
    });

    it('J14: brings what is published to a worker that waits, at once', async () => {
      const got: string[] = [];
      await consume(async ({ taskId }) => void got.push(taskId));
      for (let round = 1; round <= 3; round++) {
        await broker.publish('parse', [wakeUp()]);
        await eventually(() => got.length === round, { timeoutMs: 4_000 });
      }
    });

    it('J24: shares 300 wake-ups among the workers of two processes, each once', async () => {
      const got: string[] = [];
      const work = async ({ taskId }: Generation) => void got.push(taskId);
      const sent = batch(300);
      await broker.publish('parse', sent);
      await consume(work, 5);
      await consume(work, 5, await another());
      await eventually(() => got.length >= 300);
      expect(got.toSorted()).toEqual(sent.map(({ taskId }) => taskId).toSorted());
    });

    it('works on no more than it is told at once, and keeps nothing of what has ended', async () => {
      let busy = 0;
      let most = 0;
      let done = 0;
      await consume(async () => {
        most = Math.max(most, ++busy);
        await new Promise((resolve) => setTimeout(resolve, 10));
        busy--;
        done++;
      }, 3);
      const sent = batch(30);
      await broker.publish('parse', sent);
      await eventually(() => done === 30);
      expect(most).toBe(3);
      await eventually(async () => (await broker.holds('parse', sent)).length === 0);
    });

    it('knows which wake-ups still wait: neither those of another generation nor those being worked on', async () => {
      const [running, waiting] = [wakeUp({ priority: 1 }), wakeUp({ priority: 9 })];
      const strange = { ...waiting, generation: 2 };
      await broker.publish('parse', [waiting, running]);
      expect(await broker.holds('parse', [running, waiting, strange])).toEqual([running, waiting]);
      let started = false;
      let end: () => void = () => undefined;
      const ended = new Promise<void>((resolve) => (end = resolve));
      await consume(() => {
        started = true;
        return ended;
      });
      await eventually(() => started);
      const known = await (await another()).holds('parse', [running, waiting, strange]);
      end();
      expect(known).toEqual([waiting]);
    });

    it('brings all tasks of a chunk in one wake-up, and knows each of them while that waits', async () => {
      const [first, ...others] = batch(64) as [WakeUp, ...WakeUp[]];
      const lone = wakeUp({ priority: 9 });
      const rest = others.map(({ taskId }) => ({ taskId, generation: 1 }));
      await broker.publish('parse', [{ ...first, others: rest }, lone]);
      const inChunk = rest.map((task) => ({ ...task, wakeUp: `${first.taskId}-1` }));
      const strange = { ...inChunk[0], wakeUp: `${first.taskId}-2` } as AtBroker;
      expect(await broker.holds('parse', [first, ...inChunk, lone])).toEqual([first, ...inChunk, lone]);
      expect(await broker.holds('parse', [strange])).toEqual([]);
      const got: Chunk[] = [];
      await consume(async (chunk) => void got.push(chunk));
      await eventually(() => got.length === 2);
      expect(got).toEqual([
        { taskId: first.taskId, generation: 1, others: rest },
        { taskId: lone.taskId, generation: 1 },
      ]);
      await eventually(async () => expect(await broker.holds('parse', [first, ...inChunk, lone])).toEqual([]));
    });

    it('brings a wake-up again whose work was rejected, about a second later', async () => {
      const at: number[] = [];
      await consume(async () => {
        at.push(performance.now());
        if (at.length < 3) throw new Error('the database is away');
      });
      await broker.publish('parse', [wakeUp()]);
      await eventually(() => at.length === 3, { timeoutMs: 20_000 });
      expect((at[1] ?? 0) - (at[0] ?? 0)).toBeGreaterThan(800);
    });

    it('drops an id that it knows, which is why none is used again', async () => {
      const sent = wakeUp();
      await broker.publish('parse', [sent]);
      await broker.publish('parse', [sent]);
      const got: number[] = [];
      await broker.publish('parse', [wakeUp({ priority: 10, generation: 99 })]);
      await consume(async ({ generation }) => void got.push(generation));
      await eventually(() => got.includes(99));
      expect(got).toEqual([1, 99]);
    });

    it('keeps the queues apart', async () => {
      const media = wakeUp({ queue: 'media' });
      const parse = wakeUp();
      await broker.publish('media', [media]);
      await broker.publish('parse', [parse]);
      expect(await broker.holds('media', [media, parse])).toEqual([media]);
    });

    it('J29: closing waits for what runs and fetches nothing more', async () => {
      let end: () => void = () => undefined;
      const ended = new Promise<void>((resolve) => (end = resolve));
      const got: string[] = [];
      const consumer = await broker.consume('parse', 1, async ({ taskId }) => {
        got.push(taskId);
        await ended;
      });
      const sent = batch(2);
      await broker.publish('parse', sent);
      await eventually(() => got.length === 1);
      let closed = false;
      const closing = consumer.close().then(() => (closed = true));
      expect(closed).toBe(false);
      end();
      await closing;
      expect(got).toHaveLength(1);
      expect(await broker.holds('parse', sent)).toHaveLength(1);
    });

    it('J8: an idle consumer is heard of again and again, a full one is not silent', async () => {
      const idle = await consume(async () => undefined);
      await eventually(() => idle.silentMs > 4_000, { timeoutMs: 20_000 });
      await eventually(() => idle.silentMs < 1_000, { timeoutMs: 20_000 });
      let end: () => void = () => undefined;
      const ended = new Promise<void>((resolve) => (end = resolve));
      const full = await broker.consume('media', 1, () => ended);
      await broker.publish('media', [wakeUp({ queue: 'media' })]);
      await eventually(() => full.silentMs === 0);
      end();
      await full.close();
    });
  });
}
