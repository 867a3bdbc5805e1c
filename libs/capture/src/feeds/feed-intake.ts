import { Injectable } from '@nestjs/common';
import { isVaultError, shareRequestSchema } from '@vaultstream/contracts';
import type { Feed, FeedEntry } from '@vaultstream/platforms';
import { Metrics } from '@vaultstream/runtime';
import { FeedPolls, type PollJob, type Share } from '@vaultstream/store';
import type { TaskContext } from '@vaultstream/tasks';
import { ShareService } from '../shares/share.service.ts';

/** Entries that one poll shares at most; the rest comes with the next one. */
export const maxSharesPerPoll = 50;
/** Shares of feeds let those of people go first. */
const sharePriority = 7;

/** What a poll took in. */
export interface Intake {
  shared: number;
  /** False: there are more new entries than one poll may share. */
  complete: boolean;
}

/** Shares what is new in a feed: each entry once, the oldest first, each in a transaction of its own together with its note. */
@Injectable()
export class FeedIntake {
  constructor(
    private readonly polls: FeedPolls,
    private readonly shares: ShareService,
    private readonly metrics: Metrics,
  ) {}

  async take(job: PollJob, feed: Feed, context: Pick<TaskContext, 'transact' | 'signal'>): Promise<Intake> {
    const newestFirst = inTime(feed.entries);
    // Of all entries, not only of those that were not met: so that a first poll that was cut off goes on where it was.
    const wanted = job.primed ? newestFirst : newestFirst.slice(0, job.shareExisting);
    const old = newestFirst.slice(wanted.length).map(({ key }) => key);
    const keys = wanted.map(({ key }) => key);
    const unmet = await context.transact(async (tx) => {
      if (old.length > 0) await this.polls.note(tx, job.id, old, 'before_subscription');
      return new Set(await this.polls.unmet(tx, job.id, keys));
    });
    const fresh = wanted.filter(({ key }) => unmet.has(key)).reverse();
    let shared = 0;
    for (const entry of fresh.slice(0, maxSharesPerPoll)) {
      context.signal.throwIfAborted();
      if (await this.takeOne(job, entry, context)) shared++;
    }
    return { shared, complete: fresh.length <= maxSharesPerPoll };
  }

  /** False when it was met already, cannot be shared, or the feed is gone. */
  private async takeOne(
    { id, tags, isNsfw }: PollJob,
    entry: FeedEntry,
    context: Pick<TaskContext, 'transact'>,
  ): Promise<boolean> {
    const note = (reason: 'no_url' | 'refused') =>
      context.transact((tx) => this.polls.note(tx, id, [entry.key], reason));
    if (entry.url === null) return (await note('no_url'), false);
    try {
      const share = this.shareOf(entry.url, { id, tags, isNsfw });
      const outcome = await context.transact((tx) => this.polls.share(tx, { feedId: id, key: entry.key }, share));
      if (outcome?.created)
        this.metrics.counter('vaultstream_contents_created_total').inc({ platform: outcome.platform });
      return outcome !== null;
    } catch (error) {
      // An address that nobody may share, or that is too long: the same at every poll.
      if (!isVaultError(error) || error.name !== 'InvalidInput') throw error;
      await note('refused');
      return false;
    }
  }

  /** @throws InvalidInput for an address that we would never visit */
  private shareOf(url: string, { id, tags, isNsfw }: Pick<PollJob, 'id' | 'tags' | 'isNsfw'>): Share {
    const request = shareRequestSchema.parse({
      url,
      source: `feed:${id}`,
      priority: sharePriority,
      ...(isNsfw ? { is_nsfw: true } : {}),
    });
    return { ...this.shares.prepare(request), tags };
  }
}

/** Newest first: by time where every entry has one, else in the order of the feed. */
function inTime(entries: readonly FeedEntry[]): FeedEntry[] {
  if (entries.some(({ published }) => published === null)) return [...entries];
  return entries.toSorted((a, b) => (b.published?.getTime() ?? 0) - (a.published?.getTime() ?? 0));
}
