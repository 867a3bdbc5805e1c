import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { InfrastructureError } from '@vaultstream/contracts';
import { Deadline } from './deadline.ts';

afterEach(() => {
  jest.restoreAllMocks();
});

describe('Deadline', () => {
  it('P8: passes while the machine sleeps, when only the wall clock goes on', () => {
    const deadline = new Deadline(60_000);
    expect(() => deadline.assertOpen()).not.toThrow();
    const now = Date.now();
    jest.spyOn(Date, 'now').mockReturnValue(now + 61_000);
    expect(() => deadline.assertOpen()).toThrow(InfrastructureError);
  });

  it('passes when the wall clock is set back', () => {
    const deadline = new Deadline(60_000);
    const [now, running] = [Date.now(), performance.now()];
    jest.spyOn(Date, 'now').mockReturnValue(now - 3_600_000);
    jest.spyOn(performance, 'now').mockReturnValue(running + 61_000);
    expect(() => deadline.assertOpen()).toThrow(/too late/);
  });
});
