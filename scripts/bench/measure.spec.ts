import { describe, expect, it } from '@jest/globals';
import { atLeast, atMostMs, figuresOf, median, type Sample } from './measure.ts';

const sample = (ours: number, bare: number, more: Partial<Sample> = {}): Sample => ({
  name: 'a',
  ours,
  bare,
  unit: 'per second',
  ...more,
});

describe('figuresOf', () => {
  it('puts the rounds of one figure together, and says how far apart they were', () => {
    const samples = [sample(40, 100), sample(1, 2, { name: 'b' }), sample(90, 100)];
    const [first, second] = figuresOf(samples);
    expect(first).toMatchObject({ name: 'a', ours: 65, bare: 100, spread: [0.4, 0.9], rounds: 2, goal: '', met: null });
    expect(first?.ratio).toBeCloseTo(0.65);
    expect(second).toMatchObject({ name: 'b', ratio: 0.5, spread: [0.5, 0.5], rounds: 1 });
  });

  it('takes the ratio within each round: a machine that was slower in one of them is slower for both sides', () => {
    expect(figuresOf([sample(80, 100), sample(8, 10), sample(90, 100)])[0]?.ratio).toBeCloseTo(0.8);
  });

  it('holds the median against the goal', () => {
    const met = (goal: Sample['goal'], ...pairs: [number, number][]) =>
      figuresOf(pairs.map(([ours, bare]) => sample(ours, bare, goal ? { goal } : {})))[0]?.met;
    expect(met(atLeast(0.7), [69, 100])).toBe(false);
    expect(met(atLeast(0.7), [69, 100], [72, 100], [71, 100])).toBe(true);
    expect(met(atMostMs(15), [15, 1])).toBe(true);
    expect(met(atMostMs(15), [16, 100])).toBe(false);
    expect(met({ text: 'cannot be told here', met: () => null }, [1, 1])).toBeNull();
  });
});

describe('median', () => {
  it('of an even number of values is between the middle two', () => {
    expect([median([3, 1]), median([9, 1, 5]), median([4, 1, 2, 9])]).toEqual([2, 5, 3]);
    expect(median([])).toBeNaN();
  });
});
