import type { BlobStore } from '@vaultstream/blobs';
import { InfrastructureError, isVaultError } from '@vaultstream/contracts';
import { Cached } from '@vaultstream/runtime';

/** Milliseconds that the gate stays closed after a failure; doubled with each that follows, up to the longest. */
const firstWaitMs = 2_000;
const longestWaitMs = 60_000;

/** Milliseconds that a look at the store is believed. */
const checkAgeMs = 5_000;

/** Keeps pictures from being fetched, again and again, from hosts that can do nothing for it, while they could not be stored. */
export class StorageGate {
  private readonly health: Cached<void>;
  private failures = 0;
  private opensAt = Number.NEGATIVE_INFINITY;

  /** @param now Milliseconds of a clock that never goes back. */
  constructor(
    store: Pick<BlobStore, 'check'>,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.health = new Cached(() => store.check(), checkAgeMs);
  }

  /**
   * Call before a picture is fetched.
   * @throws InfrastructureError while the store is away, or when something else has just kept a picture from being stored (a full
   *   disk, no converter). Its `retryAfterMs` grows to a minute.
   */
  async pass(): Promise<void> {
    const waitMs = this.opensAt - this.now();
    if (waitMs > 0) throw new InfrastructureError('pictures cannot be stored at present', { retryAfterMs: waitMs });
    await this.noting(() => this.health.get());
  }

  /** Runs what stores a picture. An infrastructure error of it closes the gate for all, a success forgets earlier ones. */
  async through<T>(store: () => Promise<T>): Promise<T> {
    const result = await this.noting(store);
    this.failures = 0;
    return result;
  }

  private async noting<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw isVaultError(error) && error.disposition === 'infrastructure' ? this.closed(error) : error;
    }
  }

  private closed(cause: Error & { retryAfterMs: number | undefined }): InfrastructureError {
    const now = this.now();
    // Pictures that were under way together fail together: that is one failure.
    if (this.opensAt <= now) this.opensAt = now + Math.min(longestWaitMs, firstWaitMs * 2 ** this.failures++);
    const retryAfterMs = Math.max(this.opensAt - now, cause.retryAfterMs ?? 0);
    return new InfrastructureError(cause.message, { cause, retryAfterMs });
  }
}
