import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseTask, recordParse, onParse, TaskWorld } from '../test/task-world.ts';

describe('a task, from the log to its effect', () => {
  let world: TaskWorld;
  beforeAll(async () => {
    world = await TaskWorld.make();
  });
  afterAll(() => world.end());

  it('runs once, and is told by one wide line and the metrics', async () => {
    world.start(onParse(recordParse));
    await world.append(
      parseTask(1, { trace: { request_id: 'req-1', traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` } }),
    );
    await world.drained();
    expect(await world.effects()).toEqual([1]);
    console.log(world.lines);
  });
});
