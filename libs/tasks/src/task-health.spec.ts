import { describe, expect, it } from '@jest/globals';
import { QueueHealth } from './task-health.ts';

describe('QueueHealth', () => {
  it('42: workers that are just starting are no outage; those that never start are', async () => {
    let now = 1_000;
    const health = new QueueHealth(() => now);
    expect(await health.check()).toEqual({ status: 'ok', detail: 'The workers are starting.' });
    now += 31_000;
    expect(await health.check()).toEqual({ status: 'down', detail: 'The workers have not started.' });
  });
});
