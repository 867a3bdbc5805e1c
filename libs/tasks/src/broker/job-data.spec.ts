import { describe, expect, it } from '@jest/globals';
import type { WakeUp } from '@vaultstream/contracts';
import { chunkIn, dataOf } from './job-data.ts';

const trace = { request_id: 'r', traceparent: null };
const lone: WakeUp = { taskId: 'a', generation: 3, queue: 'parse', priority: 5, trace };

describe('the data of a job', () => {
  it('of one task is what the release before this wrote and reads', () => {
    expect(dataOf(lone)).toEqual({ task_id: 'a', generation: 3, trace });
    expect(chunkIn({ task_id: 'a', generation: 3, trace })).toEqual({ taskId: 'a', generation: 3 });
  });

  it('of a chunk holds ids only, and comes back as it was', () => {
    const others = [
      { taskId: 'b', generation: 1 },
      { taskId: 'c', generation: 2 },
    ];
    const data = dataOf({ ...lone, queue: 'plan', others });
    expect(Object.keys(data).sort()).toEqual(['generation', 'others', 'task_id', 'trace']);
    expect(chunkIn(data)).toEqual({ taskId: 'a', generation: 3, others });
  });
});
