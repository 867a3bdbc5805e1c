import { FenceLost, type Lease, type TaskStore } from '@vaultstream/contracts';

/**
 * Renews a lease every third of it until `release`.
 * @param onLost Called once, when another run holds the task or when it may: the lease could not be renewed in its whole time.
 */
export function keepLease(
  store: TaskStore,
  lease: Lease,
  leaseMs: number,
  onLost: (error: FenceLost) => void,
): { release(): void } {
  let renewedAt = performance.now();
  const lose = (message: string) => {
    clearInterval(timer);
    onLost(new FenceLost(message));
  };
  const renew = async () => {
    const askedAt = performance.now();
    // A blocked event loop or a stopped process finds out here, before it does anything else.
    if (askedAt - renewedAt > leaseMs) return lose('the lease ran out before it could be renewed');
    const held = await store.renew(lease, leaseMs).catch(() => undefined);
    if (held === true) renewedAt = askedAt;
    if (held === false) lose('another run holds the task, or it was cancelled');
  };
  const timer = setInterval(() => void renew(), leaseMs / 3);
  return { release: () => clearInterval(timer) };
}
