import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { InfrastructureError, Later, NetworkError, NotFound } from '@vaultstream/contracts';
import { eventually } from '@vaultstream/testing';
import { effect } from '../test/effect.ts';
import { carriers } from '../test/carriers.ts';
import { onParse, parseTask, recordParse, stop, type TaskWorld } from '../test/task-world.ts';
import type { TaskSystem } from './task-system.ts';

const traceId = 'a'.repeat(32);
const trace = { request_id: 'req-1', traceparent: `00-${traceId}-${'b'.repeat(16)}-01` };

describe.each(carriers)('a task, from the log to its end, over $name', ({ open }) => {
  let world: TaskWorld;
  let system: TaskSystem | undefined;
  beforeAll(async () => {
    world = await open();
  });
  afterAll(() => world.end());
  afterEach(async () => {
    if (system) await stop(system);
    system = undefined;
    await world.clear();
  });
  const letters = async () => (await world.deadLetters.list({ limit: 100 })).items;

  it('runs once, and is told by one wide line and the metrics, with its trace and without its payload', async () => {
    system = world.start(
      onParse(async (payload, context) => {
        context.logger.info('inside');
        await recordParse(payload, context);
      }),
    );
    await world.append(parseTask(1, { trace }));
    await world.drained();
    const run = await eventually(() => world.runs[0] ?? false);
    expect(run).toMatchObject({
      task: 'content.parse',
      queue: 'parse',
      outcome: 'done',
      attempt: 1,
      request_id: 'req-1',
      trace_id: traceId,
      content_id: 1,
    });
    expect(Object.keys(run as object)).not.toContain('payload');
    const inside = world.lines.find((line) => line['message'] === 'inside');
    expect(inside).toMatchObject({ request_id: 'req-1', trace_id: traceId, content_id: 1, task: 'content.parse' });
    expect(await world.effects()).toEqual([1]);
    expect(await world.metrics.render()).toContain(
      'vaultstream_tasks_total{queue="parse",task="content.parse",outcome="done"} 1',
    );
  });

  it('J21: is tried at 0, 1, 3 and 7 s and then lies in the dead-letter list, with the domain state', async () => {
    const starts: number[] = [];
    system = world.start(
      onParse(
        async (_payload, { attempt, maxAttempts }) => {
          starts.push(performance.now());
          throw new NetworkError(`try ${attempt} of ${maxAttempts}`);
        },
        async ({ content_id }, failure, tx) => effect(tx, -content_id, failure.errorType),
      ),
    );
    await world.append(parseTask(2));
    await world.drained();
    const waits = starts.slice(1).map((start, index) => start - (starts[index] ?? 0));
    for (const [index, wait] of [1_000, 2_000, 4_000].entries()) {
      expect(waits[index]).toBeGreaterThanOrEqual(wait - 5);
      // A busy machine is late; a forgotten delay would be early.
      expect(waits[index]).toBeLessThan(wait + 5_000);
    }
    expect(starts).toHaveLength(4);
    const [letter] = await letters();
    expect(letter).toMatchObject({
      reason: 'max_attempts_reached',
      error_type: 'NetworkError',
      error: 'try 4 of 4',
      attempts: 4,
    });
    expect(letter?.detail.attempts.map(({ message }) => message)).toEqual([1, 2, 3, 4].map((n) => `try ${n} of 4`));
    expect(await world.effects()).toEqual([-2]);
    expect(world.runs.map((run) => run['outcome'])).toEqual(['retried', 'retried', 'retried', 'dead']);
  }, 30_000);

  it('J21: succeeds at the third try, and is dead at the first when nothing would change', async () => {
    system = world.start(
      onParse(async (payload, context) => {
        if (payload.content_id === 4) throw new NotFound('gone');
        if (context.attempt < 3) throw new TypeError('a bug, or so it seems');
        await recordParse(payload, context);
      }),
    );
    await world.append(parseTask(3), parseTask(4));
    await world.drained();
    expect(await world.effects()).toEqual([3]);
    expect(await letters()).toMatchObject([
      { content_id: 4, reason: 'non_retryable', error_type: 'NotFound', attempts: 1 },
    ]);
    expect(world.runs.filter((run) => run['error_type'] === 'UnexpectedError')).toHaveLength(2);
  });

  it('J12, J15: waits out Later and outages of our own without spending an attempt', async () => {
    let laters = 0;
    const attempts: number[] = [];
    system = world.start(
      onParse(async (payload, context) => {
        attempts.push(context.attempt);
        if (laters++ < 15) throw new Later('not yet', { retryAfterMs: 5 });
        if (laters === 17) throw new InfrastructureError('the object store is away');
        await recordParse(payload, context);
      }),
    );
    await world.append(parseTask(5));
    await world.drained();
    expect(new Set(attempts)).toEqual(new Set([1]));
    expect(await world.effects()).toEqual([5]);
    expect(await letters()).toEqual([]);
    expect(world.runs.filter((run) => run['outcome'] === 'deferred').length).toBeGreaterThanOrEqual(15);
  }, 40_000);

  it('is cut off after its time, and retried', async () => {
    const ends: unknown[] = [];
    system = world.start(
      onParse(async (payload, context) => {
        if (context.attempt > 1) return recordParse(payload, context);
        await new Promise((resolve) => context.signal.addEventListener('abort', resolve));
        // Too late: the run has been given up.
        await context.commit((tx) => effect(tx, -6)).catch((error: unknown) => ends.push(error));
      }),
      { limits: { timeoutMs: 200 } },
    );
    await world.append(parseTask(6));
    await world.drained();
    expect(await world.effects()).toEqual([6]);
    expect(ends).toMatchObject([{ name: 'TaskTimeout' }]);
    expect(world.runs[0]).toMatchObject({ outcome: 'retried', error_type: 'TaskTimeout' });
  });

  it('J25: a row that no release could run is marked, and the other 99 are done', async () => {
    await world.append(...Array.from({ length: 100 }, (_, index) => parseTask(index + 1)));
    await world.sql(`UPDATE tasks SET payload = '{"content_id": "fifty"}' WHERE content_id = 50`);
    system = world.start(onParse(recordParse));
    await world.drained();
    expect(new Set(await world.effects()).size).toBe(99);
    expect(await letters()).toMatchObject([{ content_id: 50, reason: 'non_retryable', error_type: 'BadPayload' }]);
  });

  it('J32: a task of a newer release is put back, not failed', async () => {
    await world.append(parseTask(7));
    await world.sql(`UPDATE tasks SET name = 'content.summarize'`);
    system = world.start(onParse(recordParse));
    await eventually(() => world.runs.some((run) => run['error_type'] === 'UnknownTask'));
    expect(await world.sql('SELECT state, failures, starts, run_at > now() AS later FROM tasks')).toEqual([
      { state: 'ready', failures: 0, starts: 0, later: true },
    ]);
    await world.sql(`UPDATE tasks SET name = 'content.parse', run_at = now()`);
    await world.drained();
    expect(await world.effects()).toEqual([7]);
  });

  it('J20: a claim after ten runs without an orderly end writes the dead letter itself', async () => {
    await world.append(parseTask(8));
    await world.sql('UPDATE tasks SET starts = 12, failures = 2');
    let ran = 0;
    system = world.start(onParse(async () => void ran++));
    await world.drained();
    expect(ran).toBe(0);
    expect(await letters()).toMatchObject([{ error_type: 'PoisonPill', reason: 'max_attempts_reached' }]);
  });

  it('is done once it has committed, whatever its handler throws afterwards, and commits once', async () => {
    let second: unknown;
    system = world.start(
      onParse(async ({ content_id }, context) => {
        await context.transact((tx) => effect(tx, content_id, 'on the way'));
        await context.commit((tx) => effect(tx, content_id, 'end'));
        await context.commit((tx) => effect(tx, content_id, 'again')).catch((error: unknown) => (second = error));
        throw new Error('after the end');
      }),
    );
    await world.append(parseTask(10));
    await world.drained();
    await eventually(() => world.runs.length === 1);
    expect(world.runs[0]).toMatchObject({ outcome: 'done' });
    expect(await world.effects()).toEqual([10, 10]);
    expect(second).toMatchObject({ message: 'a run commits once' });
  });

  it('may put itself off together with what it writes, and counts nothing', async () => {
    let runs = 0;
    const later = new Later('what it waits for is away', { retryAfterMs: 0 });
    system = world.start(
      onParse(async ({ content_id }, context) => {
        runs++;
        if (runs === 1) return context.defer(later, (tx) => effect(tx, content_id, 'put off'));
        await context.commit((tx) => effect(tx, content_id, 'end'));
      }),
    );
    await world.append(parseTask(12));
    await world.drained();
    await eventually(() => world.runs.length === 2);
    expect(world.runs.map(({ outcome }) => outcome)).toEqual(['deferred', 'done']);
    expect(world.runs[0]).toMatchObject({ error: later.message });
    expect(await world.effects()).toEqual([12, 12]);
  });

  it('may append its own successor under the same key', async () => {
    let runs = 0;
    const successor = parseTask(11, { dedupeKey: 'content.parse:11' });
    system = world.start(
      onParse(async ({ content_id }, context) => {
        const first = runs++ === 0;
        await context.commit(async (tx) => {
          await effect(tx, content_id);
          if (first) expect(await world.log.append(tx, [successor])).toMatchObject([{ created: true }]);
        });
      }),
    );
    await world.append(successor);
    await eventually(async () => (await world.effects()).length === 2);
  });

  it('runs before less urgent ones', async () => {
    await world.append(...[9, 5, 1, 7, 3].map((priority) => parseTask(priority, { priority })));
    system = world.start(onParse(recordParse), { concurrency: { parse: 1 } });
    await world.drained();
    expect(await world.effects()).toEqual([1, 3, 5, 7, 9]);
  });
});
