import { RateLimiter, type SharedBuckets } from '@vaultstream/contracts';

/**
 * Counts for all replicas of the API together, without anything that stands in for the shared buckets: for a place without which no call
 * could be answered anyway.
 */
export class ExactRateLimiter extends RateLimiter {
  constructor(private readonly buckets: SharedBuckets) {
    super();
  }

  /** @throws whatever the buckets throw. */
  override async take(key: string, perMinute: number): Promise<{ ok: boolean; retryAfterMs: number }> {
    const { waitMs } = await this.buckets.take(key, perMinute);
    return { ok: waitMs === 0, retryAfterMs: Math.ceil(waitMs) };
  }
}
