import { describe, expect, it } from '@jest/globals';
import { Env } from '@vaultstream/runtime';
import { TargetSlots } from './target-slots.ts';

describe('TargetSlots', () => {
  it('gives one target a quarter of the workers, and sends the rest away for longer and longer', () => {
    const slots = new TargetSlots(Env.load({ PUSH_CONCURRENCY: '8' }));
    const asked = Array.from({ length: 200 }, () => slots.take('slow'));
    expect(asked.slice(0, 5)).toEqual([0, 0, 500, 500, 1_000]);
    expect(asked.at(-1)).toBe(30_000);
    expect(slots.take('other')).toBe(0);
    slots.free('slow');
    expect([slots.take('slow'), slots.take('slow')]).toEqual([0, 500]);
  });

  it('always lets one call go', () => {
    const slots = new TargetSlots(Env.load({ PUSH_CONCURRENCY: '1' }));
    expect([slots.take('a'), slots.take('a')]).toEqual([0, 500]);
  });
});
