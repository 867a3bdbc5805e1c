import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { InfrastructureError, NotFound, type Tx } from '@vaultstream/contracts';
import { eventually } from '@vaultstream/testing';
import { effect } from '../../test/effect.ts';
import { onParse, parseTask, stop, TaskWorld } from '../../test/task-world.ts';
import type { TaskSystem } from '../task-system.ts';

describe('the end of a task that its handler cannot write', () => {
  let world: TaskWorld;
  let system: TaskSystem | undefined;
  beforeAll(async () => {
    world = await TaskWorld.make();
  });
  afterAll(() => world.end());
  afterEach(async () => {
    if (system) await stop(system);
    system = undefined;
    await world.clear();
  });
  const letters = async () => (await world.deadLetters.list({ limit: 100 })).items;
  const rows = () => world.sql<{ state: string; failures: number }>('SELECT state, failures FROM tasks');

  /** Every run ends in NotFound, and its end in `onDead`. */
  function ending(onDead: (tx: Tx) => Promise<void>): void {
    const gone = () => Promise.reject(new NotFound('gone'));
    system = world.start(onParse(gone, (_payload, _failure, tx) => onDead(tx)));
  }
  /** Lets a task that was put off run now, so often until `done`. */
  const hurry = (done: () => Promise<boolean>) =>
    eventually(async () => {
      await world.sql(`UPDATE tasks SET run_at = now() WHERE state = 'ready'`);
      return done();
    });

  it.each([
    ['a deadlock that outlasts the retries of its transaction', Object.assign(new Error('no'), { code: '40P01' })],
    ['an outage of our own', new InfrastructureError('away')],
  ])('%s puts the end off, costs no attempt, and keeps the domain state', async (_, error) => {
    let calls = 0;
    ending(async (tx) => {
      // One run of the task is four tries of its transaction.
      if (++calls <= 4) throw error;
      await effect(tx, 1, 'FAILED');
    });
    await world.append(parseTask(1));
    await eventually(() => world.runs.some((run) => run['outcome'] === 'deferred'));
    expect(await letters()).toEqual([]);
    await hurry(async () => (await letters()).length === 1);
    expect(await world.effects()).toEqual([1]);
    expect(await letters()).toMatchObject([{ error_type: 'NotFound', attempts: 1 }]);
  });

  it('a bug in it is tried again, so that a release may mend it', async () => {
    let broken = true;
    ending(async (tx) => {
      if (broken) throw new TypeError('a bug in onDead');
      await effect(tx, 2, 'FAILED');
    });
    await world.append(parseTask(2));
    await eventually(async () => (await rows())[0]?.failures === 1);
    expect(await letters()).toEqual([]);
    broken = false;
    await hurry(async () => (await letters()).length === 1);
    expect(await world.effects()).toEqual([2]);
    const [letter] = await letters();
    expect(letter?.detail.attempts.map(({ type }) => type)).toEqual(['EndFailed', 'NotFound']);
  });

  it('a bug that stays does not keep a dead task for ever: after three more tries it ends in the list alone', async () => {
    let calls = 0;
    ending(() => {
      calls++;
      return Promise.reject(new Error('a bug in onDead'));
    });
    await world.append(parseTask(3));
    await hurry(async () => (await letters()).length === 1);
    expect(calls).toBe(4);
    expect(await letters()).toMatchObject([{ content_id: 3, error_type: 'NotFound', attempts: 4 }]);
    expect(await rows()).toEqual([]);
    expect(world.lines.filter((line) => line['name'] === 'task.on_dead')).toHaveLength(4);
  });
});
