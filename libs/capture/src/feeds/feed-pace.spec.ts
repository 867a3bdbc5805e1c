import { describe, expect, it } from '@jest/globals';
import { adaptiveIntervalS, backOffS, jitteredS, nextIntervalS } from './feed-pace.ts';

describe('the pace of polls', () => {
  it('an interval that a person has set stays', () => {
    expect(nextIntervalS({ intervalS: 600, adaptive: false }, true)).toBe(600);
    expect(nextIntervalS({ intervalS: 600, adaptive: false }, false)).toBe(600);
  });

  it('an adaptive interval follows what comes, within its bounds', () => {
    expect(nextIntervalS({ intervalS: 3_600, adaptive: true }, true)).toBe(1_800);
    expect(nextIntervalS({ intervalS: 3_600, adaptive: true }, false)).toBe(4_500);
    let [busy, quiet] = [3_600, 3_600];
    for (let poll = 0; poll < 50; poll++) {
      busy = nextIntervalS({ intervalS: busy, adaptive: true }, true);
      quiet = nextIntervalS({ intervalS: quiet, adaptive: true }, false);
    }
    expect([busy, quiet]).toEqual([adaptiveIntervalS.min, adaptiveIntervalS.max]);
  });

  it.each([
    [0, 3_600],
    [1, 7_200],
    [3, 28_800],
    [5, 86_400],
    [1_000, 86_400],
  ])('after %i failures the wait is at most %i seconds, and not much less', (failures, seconds) => {
    expect(backOffS(3_600, failures, 0, () => 0)).toBe(seconds);
    expect(backOffS(3_600, failures, 0, () => 1)).toBeCloseTo(seconds * 0.8);
  });

  it('what the server asks for is waited for in any case', () => {
    expect(backOffS(300, 0, 7_200_000, () => 1)).toBe(7_200);
    expect(backOffS(3_600, 3, 60_000, () => 0)).toBe(28_800);
  });

  it('spreads polls by a tenth', () => {
    expect(jitteredS(1_000, () => 0)).toBe(900);
    expect(jitteredS(1_000, () => 1)).toBeCloseTo(1_100);
  });
});
