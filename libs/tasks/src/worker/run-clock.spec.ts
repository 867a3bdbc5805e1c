import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { RunClock } from './run-clock.ts';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

describe('RunClock', () => {
  it('M6: does not count what was spent in line', () => {
    const onEnd = jest.fn();
    const clock = new RunClock(1_000, onEnd);
    jest.advanceTimersByTime(600);
    const [one, other] = [clock.hold(), clock.hold()];
    jest.advanceTimersByTime(60_000);
    one();
    one();
    jest.advanceTimersByTime(60_000);
    expect(onEnd).not.toHaveBeenCalled();
    other();
    jest.advanceTimersByTime(399);
    expect(onEnd).not.toHaveBeenCalled();
    jest.advanceTimersByTime(1);
    expect(onEnd).toHaveBeenCalledTimes(1);
  });

  it('says nothing any more once it is stopped, whoever still holds it', () => {
    const onEnd = jest.fn();
    const clock = new RunClock(1_000, onEnd);
    const release = clock.hold();
    clock.stop();
    release();
    jest.advanceTimersByTime(5_000);
    expect(onEnd).not.toHaveBeenCalled();
  });
});
