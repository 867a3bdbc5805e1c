import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { DeadlineExceeded, withDeadline } from './with-deadline.ts';

const bytes = promisify(randomBytes);
const immediately = promisify(setImmediate);

describe('withDeadline', () => {
  it('answers what came in time, with its error too', async () => {
    expect(await withDeadline(async () => 'done', 1_000)).toBe('done');
    await expect(withDeadline(() => Promise.reject(new Error('no')), 1_000)).rejects.toThrow('no');
  });

  it('gives up on what takes longer', async () => {
    const slow = new AbortController();
    const never = () => sleep(60_000, undefined, { signal: slow.signal });
    await expect(withDeadline(never, 20)).rejects.toThrow(new DeadlineExceeded(20));
    slow.abort();
  });

  it('takes an answer that had arrived when a process that was held up looks again', async () => {
    const heldUp = async () => {
      // After the loop's own look at what has arrived: the next thing that it looks at are the timers.
      await immediately();
      const answer = bytes(8);
      const until = performance.now() + 100;
      while (performance.now() < until);
      return answer;
    };
    expect(await withDeadline(heldUp, 20)).toHaveLength(8);
  });
});
