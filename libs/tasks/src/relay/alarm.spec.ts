import { describe, expect, it } from '@jest/globals';
import { Alarm } from './alarm.ts';

describe('Alarm', () => {
  it('a ring cuts a sleep short', async () => {
    const alarm = new Alarm(1);
    const sleep = alarm.sleep(60_000);
    alarm.ring();
    await sleep;
  });

  it('a ring while nobody sleeps ends the next sleep, and only that one', async () => {
    const alarm = new Alarm(1);
    alarm.ring();
    alarm.ring();
    await alarm.sleep(60_000);
    const startedAt = performance.now();
    await alarm.sleep(30);
    expect(performance.now() - startedAt).toBeGreaterThan(20);
  });

  it('gathers rings that follow each other closely, and keeps one after a rest not waiting', async () => {
    const alarm = new Alarm(100);
    const startedAt = performance.now();
    alarm.ring();
    await alarm.sleep(60_000);
    expect(performance.now() - startedAt).toBeGreaterThan(95);
    const sleep = alarm.sleep(60_000);
    await new Promise((resolve) => setTimeout(resolve, 150));
    let woken = false;
    void sleep.then(() => (woken = true));
    alarm.ring();
    await new Promise((resolve) => setImmediate(resolve));
    expect(woken).toBe(true);
  });
});
