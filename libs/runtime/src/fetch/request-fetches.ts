import { Injectable } from '@nestjs/common';
import { RateLimited } from '@vaultstream/contracts';
import { FairSlots } from '../fair-slots.ts';

/** Requests of a process that may wait for other machines at the same time. A quarter of them may be at one host. */
const atOnce = 8;

/** Makes one call to a host, such as `example.org:8443`. @throws RateLimited when too many requests are at that host. */
export type FetchAt = <T>(host: string, call: () => Promise<T>) => Promise<T>;

/**
 * Fetches that somebody waits for in an HTTP request, all of this process together: without a bound, one caller could hold thousands of
 * connections and bodies through us. What runs as a task has the workers' bound and does not count here.
 */
@Injectable()
export class RequestFetches {
  readonly #all = new FairSlots(atOnce, 1);
  readonly #hosts = new FairSlots(atOnce);

  /**
   * Does the work of one request, whose calls go through `at`. Nobody waits for a place: who finds none is told to come back.
   * @throws RateLimited with `retryAfterMs`; what `work` throws.
   */
  async run<T>(work: (at: FetchAt) => Promise<T>): Promise<T> {
    const at: FetchAt = (host, call) => within(this.#hosts, host, `requests wait for ${host}`, call);
    return within(this.#all, 'all', 'requests wait for other sites', () => work(at));
  }
}

async function within<T>(slots: FairSlots, key: string, what: string, work: () => Promise<T>): Promise<T> {
  const retryAfterMs = slots.take(key);
  if (retryAfterMs > 0) throw new RateLimited(`Too many ${what} at the moment. Please try again.`, { retryAfterMs });
  try {
    return await work();
  } finally {
    slots.free(key);
  }
}
