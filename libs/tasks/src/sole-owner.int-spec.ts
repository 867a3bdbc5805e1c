import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { queueNames, type TaskStore } from '@vaultstream/contracts';
import { eventually } from '@vaultstream/testing';
import { onParse, parseTask, recordParse, stop, TaskWorld } from '../test/task-world.ts';

describe('the start of a sole owner', () => {
  let world: TaskWorld;
  beforeAll(async () => {
    world = await TaskWorld.make();
  });
  afterAll(() => world.end());

  /** The real store, which says in which order leftovers are released and tasks are claimed. */
  function watched(order: string[]): TaskStore {
    return new Proxy(world.store, {
      get: (store, name) => {
        const member: unknown = Reflect.get(store, name);
        if (typeof member !== 'function') return member;
        return (...args: unknown[]) => {
          if (name === 'claim' || name === 'releaseAll') order.push(name);
          return member.apply(store, args) as unknown;
        };
      },
    });
  }

  it('runs once what lies at the broker already: leftovers are released before the first worker starts', async () => {
    await world.append(...Array.from({ length: 40 }, (_, index) => parseTask(index + 1)));
    // The last process handed them over and was killed before it ran one.
    const killed = world.start({}, { concurrency: {} });
    await eventually(async () => (await world.sql('SELECT 1 FROM bullmq.job')).length === 40);
    await stop(killed);

    const order: string[] = [];
    const started: number[] = [];
    const system = world.start(
      onParse(async (payload, context) => {
        started.push(payload.content_id);
        // Holds every run until the leftovers are released, so that a release which comes too late meets it.
        await eventually(() => order.includes('releaseAll'));
        await recordParse(payload, context);
      }),
      {
        store: watched(order),
        soleOwner: true,
        concurrency: { ...Object.fromEntries(queueNames.map((queue) => [queue, 1])), parse: 4 },
      },
    );
    await world.drained();
    await stop(system);
    expect(order[0]).toBe('releaseAll');
    expect(order.filter((name) => name === 'releaseAll')).toHaveLength(1);
    expect(started.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
    expect(world.runs.filter((run) => run['outcome'] === 'fenced')).toEqual([]);
  }, 40_000);
});
