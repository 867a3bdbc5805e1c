import { describe, expect, it } from '@jest/globals';
import { FairSlots } from './fair-slots.ts';

describe('FairSlots', () => {
  it('S12: one key has a quarter of the workers; the others ask again the later the more wait, by what the slots let through', () => {
    const slots = new FairSlots(16);
    expect(Array.from({ length: 14 }, () => slots.take('slow'))).toEqual([
      ...[0, 0, 0, 0],
      ...[500, 500, 500, 500],
      ...[1_000, 1_000, 1_000, 1_000],
      ...[1_500, 1_500],
    ]);
    expect(slots.take('other')).toBe(0);
    slots.free('slow');
    expect([slots.take('slow'), slots.take('slow')]).toEqual([0, 500]);
  });
});
