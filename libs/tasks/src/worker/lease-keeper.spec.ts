import { describe, expect, it, jest } from '@jest/globals';
import type { FenceLost, Lease, TaskStore } from '@vaultstream/contracts';
import { eventually } from '@vaultstream/testing';
import { keepLease } from './lease-keeper.ts';

const lease: Lease = { taskId: '1', fence: 1 };
const leaseMs = 300;

function keeping(renew: () => Promise<boolean>) {
  const onLost = jest.fn<(error: FenceLost) => void>();
  const asked = jest.fn(renew);
  const keeper = keepLease({ renew: asked } as unknown as TaskStore, lease, leaseMs, onLost);
  return { onLost, asked, keeper };
}

/** Nothing else of this process runs meanwhile. */
function block(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

const later = <T>(value: T, ms = 20) => new Promise<T>((resolve) => setTimeout(resolve, ms, value));

describe('keepLease', () => {
  it('P1: a process that was blocked for longer than its leases keeps those that the database still grants', async () => {
    const { onLost, asked, keeper } = keeping(() => later(true));
    for (let round = 0; round < 3; round++) {
      const before = asked.mock.calls.length;
      await eventually(() => asked.mock.calls.length > before);
      // In the middle of a question, whose answer comes when its time is over as well.
      block(2 * leaseMs);
      await later(undefined);
    }
    keeper.release();
    expect(onLost).not.toHaveBeenCalled();
  });

  it('P1: gives up what another run holds, once', async () => {
    const { onLost, keeper } = keeping(() => later(false));
    block(2 * leaseMs);
    await eventually(() => onLost.mock.calls.length > 0);
    await later(undefined, leaseMs);
    keeper.release();
    expect(onLost).toHaveBeenCalledTimes(1);
  });

  it.each([
    ['fails', () => Promise.reject(new Error('away'))],
    ['never answers', () => new Promise<boolean>(() => undefined)],
  ])('gives up once when the database %s for longer than the lease', async (_name, renew) => {
    const { onLost, asked, keeper } = keeping(renew);
    await eventually(() => onLost.mock.calls.length > 0);
    await later(undefined, leaseMs);
    keeper.release();
    expect(onLost).toHaveBeenCalledTimes(1);
    expect(asked.mock.calls.length).toBeGreaterThanOrEqual(3);
  });

  it('asks nothing any more once it is released', async () => {
    const { onLost, asked, keeper } = keeping(() => later(false));
    keeper.release();
    await later(undefined, leaseMs);
    expect(asked).not.toHaveBeenCalled();
    expect(onLost).not.toHaveBeenCalled();
  });
});
