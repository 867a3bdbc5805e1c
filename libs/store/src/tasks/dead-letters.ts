import type {
  BulkDiscard,
  BulkDiscardAnswer,
  BulkReplay,
  BulkReplayAnswer,
  DeadLetterDetail,
  DeadLetterGroup,
  DeadLetterView,
  Page,
  ReplayProgress,
} from '@vaultstream/contracts';
import type { Database } from '../database/database.ts';
import { discardLetter, discardLetters } from './letters/discard-letters.ts';
import { inspectLetter } from './letters/inspect-letter.ts';
import { countKinds, type LetterGroupQuery, type LetterQuery } from './letters/letter-filter.ts';
import { groupLetters } from './letters/letter-groups.ts';
import { listLetters } from './letters/list-letters.ts';
import { replayLetter, type Replay } from './letters/replay-letter.ts';
import { replayLetters } from './letters/replay-letters.ts';
import { cancelReplay, replayProgress } from './letters/replays.ts';

export type { Replay } from './letters/replay-letter.ts';

/**
 * The dead-letter list: what failed for good, and what people do about it. Replayed and discarded ones leave it but stay as rows, until
 * retention takes them. `by` is the name of the token that acts.
 */
export class DeadLetters {
  constructor(private readonly db: Database) {}

  /** Newest first. @throws InvalidInput for a cursor of another list. */
  list(query: LetterQuery): Promise<Page<DeadLetterView>> {
    return this.db.reading((client) => listLetters(client, query));
  }

  /** What fails in the same way, or what belongs to one content. @throws InvalidInput for a cursor of another list. */
  groups(query: LetterGroupQuery): Promise<Page<DeadLetterGroup>> {
    return this.db.reading((client) => groupLetters(client, query));
  }

  /** How many different failures the open letters of each queue are; queues without any are not named. */
  kinds(): Promise<{ queue: string; kinds: number }[]> {
    return this.db.reading(countKinds);
  }

  /** @throws NotFound */
  get(id: string): Promise<DeadLetterDetail> {
    return this.db.reading((client) => inspectLetter(client, id));
  }

  /**
   * Appends the task anew, once: however often and however simultaneously this is called, one task comes of it.
   * @throws NotFound, or Conflict when this release does not know the task or its payload.
   */
  replay(id: string, by: string | null = null): Promise<Replay> {
    return this.db.transact((tx) => replayLetter(tx, id, by));
  }

  /** Replays the oldest that fit, spread over time when asked to. */
  replayMany(query: BulkReplay, by: string | null = null): Promise<BulkReplayAnswer> {
    return replayLetters(this.db, query, by);
  }

  /** How a bulk replay goes. @throws NotFound */
  replayProgress(replayId: string): Promise<ReplayProgress> {
    return this.db.reading((client) => replayProgress(client, replayId));
  }

  /** Takes back what of a bulk replay has not begun. Answers how many letters are open again. */
  cancelReplay(replayId: string, by: string | null = null): Promise<number> {
    return this.db.transact((tx) => cancelReplay(tx, replayId, by));
  }

  /** Gives one up. Repeatable. @throws NotFound; Conflict for one that was replayed. */
  discard(id: string, by: string | null = null, note?: string): Promise<void> {
    return this.db.transact((tx) => discardLetter(tx, id, { by, note: note ?? null }));
  }

  /** Gives up the oldest that fit. */
  discardMany({ note, ...query }: BulkDiscard, by: string | null = null): Promise<BulkDiscardAnswer> {
    return discardLetters(this.db, query, { by, note: note ?? null });
  }
}
