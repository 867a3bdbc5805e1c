import { RateLimiter, type SharedBuckets } from '@vaultstream/contracts';
import type { Logger } from '../logger.ts';
import { withDeadline } from '../shutdown/with-deadline.ts';
import { MemoryRateLimiter } from './memory-rate-limiter.ts';

/**
 * Milliseconds that a request waits for an answer at most, and for which the buckets are then left alone. A busy machine answers late, and
 * counting apart lets more calls through: so the wait is long, and what it costs is spread by the rest.
 */
const answerMs = 2_000;
const restMs = 5_000;

/**
 * Counts for all replicas of the API together. While the shared buckets are away each counts on for itself, from what it last knew of a
 * key: nobody is refused or kept waiting for their sake, and a caller gets at most as many times his calls as there are replicas; none anew
 * from those that knew that he has used his up.
 */
export class SharedRateLimiter extends RateLimiter {
  private readonly memory = new MemoryRateLimiter();
  private restUntil = 0;

  constructor(
    private readonly buckets: SharedBuckets,
    private readonly logger: Logger,
  ) {
    super();
  }

  override async take(key: string, perMinute: number): Promise<{ ok: boolean; retryAfterMs: number }> {
    if (performance.now() < this.restUntil) return this.memory.take(key, perMinute);
    try {
      const { waitMs, fullInMs } = await withDeadline(() => this.buckets.take(key, perMinute), answerMs);
      this.memory.adopt(key, fullInMs);
      return { ok: waitMs === 0, retryAfterMs: Math.ceil(waitMs) };
    } catch (err) {
      this.rest(err);
      return this.memory.take(key, perMinute);
    }
  }

  /** The buckets are there again, as far as one knows: the next call asks them. */
  resume(): void {
    this.restUntil = 0;
  }

  private rest(err: unknown): void {
    // All that were under way at the same time end here.
    if (performance.now() >= this.restUntil)
      this.logger.warn({ name: 'limits', err }, 'rate limits count per process for now');
    this.restUntil = performance.now() + restMs;
  }
}
