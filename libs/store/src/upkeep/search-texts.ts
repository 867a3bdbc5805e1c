import { refillSearchTexts } from '../contents/search-text.ts';
import type { Database } from '../database/database.ts';

/** Contents of one transaction: with texts of the largest kind some 10 MB. */
const batchSize = 50;
/** How long one run goes on: milliseconds. Other upkeep waits meanwhile. */
const runMs = 30_000;

/** Search texts that an older release has made. */
export class SearchTexts {
  constructor(private readonly db: Database) {}

  /**
   * Makes them anew, in small transactions; between two of them it throws the reason of its signal. Answers how many, and whether none was left:
   * a run ends after `forMs` milliseconds, and the next one goes on.
   */
  async refill(signal?: AbortSignal, forMs = runMs): Promise<{ made: number; finished: boolean }> {
    const endsAt = performance.now() + forMs;
    let made = 0;
    let behindId = 0;
    do {
      signal?.throwIfAborted();
      const batch = await this.refillBatch(behindId);
      if (batch.behindId === null) return { made, finished: true };
      made += batch.made;
      behindId = batch.behindId;
    } while (performance.now() < endsAt);
    return { made, finished: false };
  }

  private refillBatch(behindId: number): ReturnType<typeof refillSearchTexts> {
    return this.db.transact((tx) => refillSearchTexts(tx, behindId, batchSize));
  }
}
