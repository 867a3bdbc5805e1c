import { Inject, Injectable } from '@nestjs/common';
import { BadPayload, isOurFault, isVaultError, Later, type PayloadOf, type Tx } from '@vaultstream/contracts';
import { fetchFeed, type Extractor, type FeedAnswer } from '@vaultstream/platforms';
import { GuardedHttp, Metrics } from '@vaultstream/runtime';
import { FeedPolls, type PollJob } from '@vaultstream/store';
import type { TaskContext, TaskFailure, TaskHandler } from '@vaultstream/tasks';
import { zeroPolls, type PollOutcome } from '../capture-counters.ts';
import { HostSlots } from '../parse/host-slots.ts';
import { feedReaderOf } from '../parse/feed-reader.ts';
import { PAGE_READER } from '../parse/page-reader.ts';
import { FeedIntake } from './feed-intake.ts';
import { backOffS, continueInS, jitteredS, nextIntervalS } from './feed-pace.ts';

/** Feeds that one look at the clock hands out; the rest follows with the next one. */
const maxDue = 500;

type Payload = PayloadOf<'feed.poll'>;

/**
 * `feed.poll`: asks one feed for what is new. A failure of the other side is a fact about the feed, with its own back-off, and no dead letter:
 * the feed is asked again anyhow. Without a feed it hands out polls of all whose time has come.
 */
@Injectable()
export class FeedPollHandler implements TaskHandler<'feed.poll'> {
  constructor(
    private readonly polls: FeedPolls,
    private readonly intake: FeedIntake,
    private readonly http: GuardedHttp,
    @Inject(PAGE_READER) private readonly pages: Extractor,
    private readonly slots: HostSlots,
    private readonly metrics: Metrics,
  ) {
    zeroPolls(metrics);
  }

  async run({ feed_id }: Payload, context: TaskContext): Promise<void> {
    if (feed_id === undefined) return void (await context.commit((tx) => this.polls.appendDue(tx, maxDue)));
    const job = await context.transact((tx) => this.polls.begin(tx, feed_id));
    if (!job) return;
    const { host } = new URL(job.url);
    const waitMs = this.slots.take(host);
    if (waitMs > 0) throw new Later(`other pages of ${host} are being read`, { retryAfterMs: waitMs });
    try {
      const outcome = await this.poll(job, context);
      this.metrics.counter('vaultstream_feed_polls_total').inc({ outcome });
      context.logger.info({ name: 'feed.polled', feed_id, outcome }, 'feed polled');
    } finally {
      this.slots.free(host);
    }
  }

  /** Our own side has failed to the last: the feed is asked again in its own time. */
  async onDead({ feed_id }: Payload, failure: TaskFailure, tx: Tx): Promise<void> {
    if (feed_id === undefined) return;
    const job = await this.polls.begin(tx, feed_id);
    if (job) await this.polls.recordFailure(tx, feed_id, failure, backOffS(job.intervalS, job.failures));
  }

  private async poll(job: PollJob, context: TaskContext): Promise<PollOutcome> {
    const answer = await this.ask(job, context);
    if (answer instanceof Error) return this.fail(job, answer, context);
    const { movedTo } = answer;
    if (movedTo !== null && movedTo !== job.url)
      if (!(await context.transact((tx) => this.polls.recordMoved(tx, job.id, movedTo)))) return 'moved';
    if (answer.kind === 'page') return this.fail(job, new BadPayload('a page is there, and no feed'), context);
    if (answer.kind === 'unchanged') {
      const intervalS = nextIntervalS(job, false);
      await context.commit((tx) =>
        this.polls.recordUnchanged(tx, job.id, { intervalS, nextInS: jitteredS(intervalS) }),
      );
      return 'unchanged';
    }
    const { shared, complete } = await this.intake.take(job, answer.feed, context);
    const intervalS = job.primed ? nextIntervalS(job, shared > 0) : job.intervalS;
    await context.commit((tx) =>
      this.polls.recordPolled(tx, job.id, {
        title: answer.feed.title,
        siteUrl: answer.feed.siteUrl,
        etag: complete ? answer.etag : null,
        lastModified: complete ? answer.lastModified : null,
        intervalS,
        nextInS: complete ? jitteredS(intervalS) : continueInS,
        shared: shared > 0,
      }),
    );
    return shared > 0 ? 'new' : 'nothing_new';
  }

  /** The answer, or what the other side did wrong. @throws what is nobody's fault but ours */
  private async ask(job: PollJob, { signal, hold }: TaskContext): Promise<FeedAnswer | Error> {
    try {
      const reader = feedReaderOf(this.pages, { signal, hold });
      return await fetchFeed({ http: this.http, reader, signal }, job.url, job);
    } catch (error) {
      signal.throwIfAborted();
      if (!isVaultError(error) || isOurFault(error)) throw error;
      return error;
    }
  }

  private async fail(job: PollJob, error: Error, context: TaskContext): Promise<PollOutcome> {
    const { status, retryAfterMs } = isVaultError(error) ? error : {};
    const failure = { errorType: error.name, message: error.message };
    if (status === 410) {
      await context.commit((tx) => this.polls.recordGone(tx, job.id, failure));
      return 'gone';
    }
    const nextInS = backOffS(job.intervalS, job.failures, retryAfterMs);
    await context.commit((tx) => this.polls.recordFailure(tx, job.id, failure, nextInS));
    return 'failed';
  }
}
