import { describe, expect, it } from '@jest/globals';
import { Slots } from './slots.ts';

describe('Slots', () => {
  it('lets so many through, and the others in their order', async () => {
    const slots = new Slots(2);
    const order: number[] = [];
    const takes = [1, 2, 3, 4].map(async (index) => {
      await slots.take();
      order.push(index);
    });
    await Promise.all(takes.slice(0, 2));
    expect(order).toEqual([1, 2]);
    slots.free();
    slots.free();
    await Promise.all(takes);
    expect(order).toEqual([1, 2, 3, 4]);
  });

  it('passes over those who have given up, and loses no slot by it', async () => {
    const slots = new Slots(1);
    await slots.take();
    const giveUp = new AbortController();
    const given = slots.take(giveUp.signal);
    const patient = slots.take();
    giveUp.abort();
    expect(await given).toBe(false);
    slots.free();
    expect(await patient).toBe(true);
    slots.free();
    expect(await slots.take(giveUp.signal)).toBe(false);
    expect(await slots.take()).toBe(true);
  });

  it('keeps a slot for those to whom it was given before they gave up', async () => {
    const slots = new Slots(1);
    await slots.take();
    const giveUp = new AbortController();
    const given = slots.take(giveUp.signal);
    slots.free();
    giveUp.abort();
    expect(await given).toBe(true);
  });
});
