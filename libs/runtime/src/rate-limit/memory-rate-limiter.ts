import { RateLimiter } from '@vaultstream/contracts';

/** Buckets kept at most. Keys may be addresses of strangers, so their number must not be theirs to choose. */
const maxBuckets = 10_000;

/**
 * A rate limiter for one process: the generic cell rate algorithm, which keeps one number a key (the time at which its
 * bucket would be full again).
 */
export class MemoryRateLimiter extends RateLimiter {
  private readonly fullAt = new Map<string, number>();

  /** @param now Milliseconds of any monotonic clock. */
  constructor(private readonly now: () => number = () => performance.now()) {
    super();
  }

  async take(key: string, perMinute: number): Promise<{ ok: boolean; retryAfterMs: number }> {
    const now = this.now();
    const interval = 60_000 / perMinute;
    const fullAt = Math.max(this.fullAt.get(key) ?? now, now) + interval;
    const waitMs = fullAt - now - 60_000;
    // Sums of fractions: a wait below a microsecond is none.
    if (waitMs > 0.001) return { ok: false, retryAfterMs: Math.ceil(waitMs) };
    this.keep(key, fullAt);
    return { ok: true, retryAfterMs: 0 };
  }

  /**
   * Takes over what another limiter has counted for this key, unless more was counted here: `take` then goes on from there.
   * @param fullInMs Milliseconds until its bucket is full again, from now.
   */
  adopt(key: string, fullInMs: number): void {
    this.keep(key, Math.max(this.fullAt.get(key) ?? 0, this.now() + fullInMs));
  }

  private keep(key: string, fullAt: number): void {
    this.fullAt.delete(key); // re-inserted, so that the map is ordered by last use
    this.fullAt.set(key, fullAt);
    this.shrink();
  }

  private shrink(): void {
    for (const key of this.fullAt.keys()) {
      if (this.fullAt.size <= maxBuckets) return;
      this.fullAt.delete(key);
    }
  }
}
