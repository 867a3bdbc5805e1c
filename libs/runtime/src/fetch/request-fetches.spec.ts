import { describe, expect, it } from '@jest/globals';
import { RequestFetches } from './request-fetches.ts';

/** Calls that last until `end`. */
function rig() {
  const fetches = new RequestFetches();
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const call = (host: string) => fetches.run((at) => at(host, () => promise));
  return { fetches, call, end: () => resolve(undefined) };
}
const refusals = (settled: PromiseSettledResult<unknown>[]) =>
  settled.flatMap((one) => (one.status === 'rejected' ? [one.reason as { name: string; retryAfterMs: number }] : []));

describe('fetches that a request waits for', () => {
  it('are two to a host, and whoever comes too many is told when to come back', async () => {
    const { call, end } = rig();
    const calls = Promise.allSettled(Array.from({ length: 150 }, () => call('one.example')));
    end();
    const refused = refusals(await calls);
    expect(refused).toHaveLength(148);
    for (const error of refused) expect(error).toMatchObject({ name: 'RateLimited', retryAfterMs: expect.any(Number) });
    expect(Math.min(...refused.map(({ retryAfterMs }) => retryAfterMs))).toBeGreaterThan(0);
    expect(await call('one.example')).toBeUndefined();
  });

  it('are eight in all', async () => {
    const { call, end } = rig();
    const calls = Promise.allSettled(Array.from({ length: 20 }, (_, index) => call(`${index}.example`)));
    end();
    expect(refusals(await calls)).toHaveLength(12);
    expect(await call('new.example')).toBeUndefined();
  });

  it('give their place back when they fail', async () => {
    const { fetches, call, end } = rig();
    end();
    for (let count = 0; count < 20; count += 1)
      await expect(fetches.run((at) => at('one.example', () => Promise.reject(new Error('no'))))).rejects.toThrow('no');
    expect(await call('one.example')).toBeUndefined();
  });
});
