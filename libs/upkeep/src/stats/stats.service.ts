import { Injectable } from '@nestjs/common';
import { contentStatuses, TaskStore, type DeliveryState, type QueueView, type Stats } from '@vaultstream/contracts';
import { Cached } from '@vaultstream/runtime';
import { Blobs, StatsReads, type ContentCount, type StatsCounts } from '@vaultstream/store';
import { toQueueView } from '../queue-view.ts';

/** Milliseconds that an answer is kept. */
const keepMs = 5_000;

/** Ends of a push that count for the success rate. */
const ended: readonly DeliveryState[] = ['sent', 'failed', 'partial', 'unconfirmed'];

/** What the vault holds and does, in numbers; asked once in some seconds, however many look. */
@Injectable()
export class StatsService {
  private readonly stats = new Cached(() => this.load(), keepMs);
  private readonly perMinute = new Cached(() => this.reads.perMinute(), keepMs);

  constructor(
    private readonly reads: StatsReads,
    private readonly blobs: Blobs,
    private readonly tasks: TaskStore,
  ) {}

  get(): Promise<Stats> {
    return this.stats.get();
  }

  /** Counted now, but for the rates, which are as old as an answer may be. */
  async queues(): Promise<QueueView[]> {
    const [queues, perMinute] = await Promise.all([this.tasks.stats(), this.perMinute.get()]);
    return queues.map((queue) => toQueueView(queue, perMinute));
  }

  private async load(): Promise<Stats> {
    const [counts, totals, queues] = await Promise.all([this.reads.all(), this.blobs.totals(), this.tasks.stats()]);
    return {
      contents: contentNumbers(counts),
      queues: queues.map((queue) => toQueueView(queue, counts.perMinute)),
      rates: rates(counts),
      pushes: { by_status: counts.deliveries, success_rate: successRate(counts) },
      storage: { blobs: totals.count, bytes: totals.bytes, dedupe_ratio: dedupeRatio(counts) },
    };
  }
}

function contentNumbers({ contents, newPerDay }: StatsCounts): Stats['contents'] {
  const sum = (rows: readonly ContentCount[]) => rows.reduce((total, { count }) => total + count, 0);
  const platforms = [...new Set(contents.map(({ platform }) => platform))];
  return {
    total: sum(contents),
    by_status: {
      UNPROCESSED: 0,
      PROCESSING: 0,
      PULLED: 0,
      FAILED: 0,
      ...Object.fromEntries(
        contentStatuses.map((status) => [status, sum(contents.filter((row) => row.status === status))]),
      ),
    },
    by_platform: Object.fromEntries(
      platforms.map((platform) => [platform, sum(contents.filter((row) => row.platform === platform))]),
    ),
    new_per_day: newPerDay,
  };
}

function rates({ perMinute }: StatsCounts): Stats['rates'] {
  return {
    shared: (perMinute['content.created'] ?? 0) + (perMinute['content.shared'] ?? 0),
    pulled: perMinute['content.pulled'] ?? 0,
    failed: perMinute['content.failed'] ?? 0,
    stored: perMinute['media.stored'] ?? 0,
    sent: perMinute['delivery.sent'] ?? 0,
  };
}

function successRate({ deliveries }: StatsCounts): number | null {
  const all = ended.reduce((total, state) => total + (deliveries[state] ?? 0), 0);
  return all === 0 ? null : (deliveries.sent ?? 0) / all;
}

const dedupeRatio = ({ references, referenced }: StatsCounts): number | null =>
  references === 0 ? null : (references - referenced) / references;
