import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { FenceLost, type Lease, type TaskStore } from '@vaultstream/contracts';

/**
 * Renews a lease every third of it until `release`. A delay of our own (a blocked event loop, a machine that was asleep) gives nothing up: the
 * database is asked first, and whoever has taken the task over meanwhile is kept apart from us by the fence.
 * @param onLost Called once, when another run holds the task or when it may: the database could not be asked in the lease's whole time, and
 * once more after that.
 */
export function keepLease(
  store: TaskStore,
  lease: Lease,
  leaseMs: number,
  onLost: (error: FenceLost) => void,
): { release(): void } {
  let renewedAt = performance.now();
  let over = false;
  const release = () => {
    over = true;
    clearInterval(timer);
  };
  const lose = (message: string) => {
    if (over) return;
    release();
    onLost(new FenceLost(message));
  };
  const renew = async (): Promise<void> => {
    const askedAt = performance.now();
    const held = await inTime(store.renew(lease, leaseMs), leaseMs / 3);
    if (held === true) renewedAt = Math.max(renewedAt, askedAt);
    else if (held === false) lose('another run holds the task, or it was cancelled');
    else if (askedAt - renewedAt > leaseMs) lose('the lease could not be renewed in its whole time');
    else if (!over && performance.now() - renewedAt > leaseMs) await renew();
  };
  const timer = setInterval(() => void renew(), leaseMs / 3);
  return { release };
}

/** The answer; undefined when there is none in time, or the question failed. What came in while we were blocked is an answer. */
async function inTime<T>(asked: Promise<T>, ms: number): Promise<T | undefined> {
  const answer = asked.catch(() => undefined);
  const late = sleep(ms, undefined, { ref: false }).then(() => setImmediate(undefined));
  return Promise.race([answer, late]);
}
