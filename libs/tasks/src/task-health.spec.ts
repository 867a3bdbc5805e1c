import { describe, expect, it } from '@jest/globals';
import { InfrastructureError } from '@vaultstream/contracts';
import type { Broker, Consumer } from './broker/broker.ts';
import { QueueHealth, type RunningParts } from './task-health.ts';

function running(more: Partial<RunningParts> = {}, notice?: string): QueueHealth {
  const health = new QueueHealth(() => 0);
  const first = { probe: async () => ({ epoch: 'one', ...(notice !== undefined && { notice }) }) } as unknown as Broker;
  health.parts = {
    brokers: { first },
    relay: { secondsSincePass: 0 },
    workers: { mostSilent: undefined },
    waiting: () => undefined,
    ...more,
  };
  return health;
}
const silentFor = (silentMs: number) => ({ mostSilent: { queue: 'parse', silentMs } as Consumer });

describe('QueueHealth', () => {
  it('42: workers that are just starting are no outage; those that never start are', async () => {
    let now = 1_000;
    const health = new QueueHealth(() => now);
    expect(await health.check()).toEqual({ status: 'ok', detail: 'The workers are starting.' });
    now += 31_000;
    expect(await health.check()).toEqual({ status: 'down', detail: 'The workers have not started.' });
  });

  it('is well, and passes on what the broker wants to be known', async () => {
    expect(await running().check()).toEqual({ status: 'ok' });
    expect(await running({}, 'no file').check()).toEqual({ status: 'ok', detail: 'no file' });
    expect(await running({ relay: undefined }).check()).toEqual({ status: 'ok' });
  });

  it('J10: says why the workers of a broker have not started', async () => {
    const waiting = () => new InfrastructureError('Redis may throw work away.');
    expect(await running({ waiting }).check()).toMatchObject({
      status: 'down',
      detail: expect.stringContaining('Redis may throw work away.'),
    });
  });

  it('J8: is down when a consumer is silent, and dead when it stays so', async () => {
    const quiet = running({ workers: silentFor(6_000) });
    expect([(await quiet.check()).status, quiet.alive]).toEqual(['ok', true]);
    const down = running({ workers: silentFor(31_000) });
    expect(await down.check()).toEqual({ status: 'down', detail: 'Nothing is fetched from the queue "parse".' });
    expect(down.alive).toBe(true);
    expect(running({ workers: silentFor(91_000) }).alive).toBe(false);
  });

  it('is down when nothing is handed out', async () => {
    expect((await running({ relay: { secondsSincePass: 31 } }).check()).status).toBe('down');
  });
});
