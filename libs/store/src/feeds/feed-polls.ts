import type { TaskLog, Tx } from '@vaultstream/contracts';
import { redactText } from '@vaultstream/runtime';
import { cleanText } from '../contents/clean-text.ts';
import { isIndexable } from '../contents/indexed-url.ts';
import type { Share, ShareOutcome } from '../contents/share.ts';
import { openTx } from '../database/tx.ts';
import { Events } from '../events/events.ts';
import { noteEntries, shareEntry, unmetEntries, type EntrySkip } from './feed-entries.ts';
import { appendPolls } from './poll-task.ts';

/** Characters of an error that are kept. */
const maxError = 1_000;

/** What a poll needs to know. */
export interface PollJob {
  id: string;
  url: string;
  tags: string[];
  isNsfw: boolean;
  intervalS: number;
  adaptive: boolean;
  shareExisting: number;
  etag: string | null;
  lastModified: string | null;
  /** True: the first poll has been done. */
  primed: boolean;
  failures: number;
}

/** What a poll that went well learnt. */
export interface PolledFeed {
  title: string | null;
  siteUrl: string | null;
  /** Of an answer that was taken in completely; null otherwise, so that the rest is not hidden by a 304. */
  etag: string | null;
  lastModified: string | null;
  /** Seconds between polls from now on, and until the next one. */
  intervalS: number;
  nextInS: number;
  /** True when at least one entry was shared. */
  shared: boolean;
}

/** Why a poll failed. */
export interface PollFailure {
  /** Constant name, such as `NetworkError`. */
  errorType: string;
  message: string;
}

/** What polls do to feeds. A feed that was deleted or disabled meanwhile is left alone by all of it. */
export class FeedPolls {
  constructor(private readonly log: TaskLog) {}

  /** Appends a task for each feed whose time has come, the longest overdue first; answers how many feeds that were. */
  async appendDue(tx: Tx, limit: number): Promise<number> {
    const due = await openTx(tx).$queryRaw<{ id: string }[]>`
      SELECT id::text FROM feeds WHERE enabled AND next_poll_at <= clock_timestamp() ORDER BY next_poll_at LIMIT ${limit}::int`;
    await appendPolls(
      tx,
      this.log,
      due.map(({ id }) => id),
    );
    return due.length;
  }

  /** What to poll; null for a feed that is gone or disabled. */
  async begin(tx: Tx, id: string): Promise<PollJob | null> {
    const feed = await openTx(tx).feed.findFirst({ where: { id, enabled: true } });
    return feed && { ...feed, primed: feed.primedAt !== null };
  }

  /** See `unmetEntries`. */
  unmet(tx: Tx, feedId: string, keys: readonly string[]): Promise<string[]> {
    return unmetEntries(tx, feedId, keys);
  }

  /** See `noteEntries`. */
  note(tx: Tx, feedId: string, keys: readonly string[], skipped: EntrySkip): Promise<void> {
    return noteEntries(tx, feedId, keys, skipped);
  }

  /** See `shareEntry`. */
  share(tx: Tx, entry: { feedId: string; key: string }, share: Share): Promise<ShareOutcome | null> {
    return shareEntry(tx, this.log, entry, share);
  }

  /** A poll went well: it may be the first. */
  async recordPolled(tx: Tx, id: string, polled: PolledFeed): Promise<void> {
    await openTx(tx).$executeRaw`
      UPDATE feeds SET title = coalesce(${polled.title}, title), site_url = coalesce(${polled.siteUrl}, site_url),
        etag = ${polled.etag}, last_modified = ${polled.lastModified}, interval_s = ${polled.intervalS}::int,
        next_poll_at = clock_timestamp() + make_interval(secs => ${polled.nextInS}::float8), last_polled_at = clock_timestamp(),
        primed_at = coalesce(primed_at, clock_timestamp()), failures = 0, last_error = NULL, last_error_type = NULL,
        last_entry_at = CASE WHEN ${polled.shared} THEN clock_timestamp() ELSE last_entry_at END
      WHERE id = ${id}::uuid AND enabled`;
  }

  /** 304: there is nothing new. */
  async recordUnchanged(tx: Tx, id: string, { intervalS, nextInS }: { intervalS: number; nextInS: number }) {
    await openTx(tx).$executeRaw`
      UPDATE feeds SET interval_s = ${intervalS}::int, last_polled_at = clock_timestamp(), failures = 0, last_error = NULL,
        last_error_type = NULL, next_poll_at = clock_timestamp() + make_interval(secs => ${nextInS}::float8)
      WHERE id = ${id}::uuid AND enabled`;
  }

  /** A poll failed; the next one is `nextInS` seconds away. */
  async recordFailure(tx: Tx, id: string, { errorType, message }: PollFailure, nextInS: number): Promise<void> {
    const text = redactText(message);
    await openTx(tx).$executeRaw`
      UPDATE feeds SET failures = failures + 1, last_error = ${cleanText(text.slice(0, maxError))}, last_error_type = ${errorType},
        last_error_at = clock_timestamp(), last_polled_at = clock_timestamp(),
        next_poll_at = clock_timestamp() + make_interval(secs => ${nextInS}::float8)
      WHERE id = ${id}::uuid AND enabled`;
  }

  /** 410: it will not come back, so nobody asks again until a person enables it. */
  async recordGone(tx: Tx, id: string, failure: PollFailure): Promise<void> {
    await this.recordFailure(tx, id, failure, 0);
    await this.disable(tx, id, 'gone');
  }

  /**
   * The feed has moved for good. An address that cannot be a key is not taken; where another subscription has it, this one is disabled.
   * @returns False when there is nothing left to poll under this subscription.
   */
  async recordMoved(tx: Tx, id: string, url: string): Promise<boolean> {
    const client = openTx(tx);
    if (!isIndexable(url)) return true;
    // Two feeds that move to one address meet here: the second waits for the first, and then finds the address taken.
    await client.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`feeds.url:${url}`}, 0))`;
    const moved = await client.$executeRaw`
      UPDATE feeds SET url = ${url}, etag = NULL, last_modified = NULL, updated_at = now()
      WHERE id = ${id}::uuid AND NOT EXISTS (SELECT 1 FROM feeds WHERE url = ${url})`;
    if (moved > 0)
      await Events.append(tx, [{ type: 'feed.updated', payload: { feed_id: id, fields: ['url'], reason: 'moved' } }]);
    else await this.disable(tx, id, 'duplicate');
    return moved > 0;
  }

  private async disable(tx: Tx, id: string, reason: 'gone' | 'duplicate'): Promise<void> {
    const disabled = await openTx(tx).$executeRaw`
      UPDATE feeds SET enabled = false, disabled_reason = ${reason}, updated_at = now() WHERE id = ${id}::uuid AND enabled`;
    if (disabled > 0) await Events.append(tx, [{ type: 'feed.disabled', payload: { feed_id: id, reason } }]);
  }
}
