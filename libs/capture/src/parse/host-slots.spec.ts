import { describe, expect, it } from '@jest/globals';
import { Env } from '@vaultstream/runtime';
import { HostSlots } from './host-slots.ts';

describe('HostSlots', () => {
  it('S12: four slow hosts do not fill the workers that a process has by default', () => {
    const slots = new HostSlots(Env.load({}));
    const asked = Array.from({ length: 6 }, () => slots.take('slow.example'));
    expect(asked).toEqual([0, 0, 0, 0, 500, 500]);
    expect(slots.take('other.example')).toBe(0);
  });
});
