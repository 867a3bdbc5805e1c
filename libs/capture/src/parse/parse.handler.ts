import { Injectable } from '@nestjs/common';
import { Later, type ParsedContent, type PayloadOf, type Tx } from '@vaultstream/contracts';
import { annotateContext, Env, inSpan, Metrics } from '@vaultstream/runtime';
import { Contents, PlatformHealth, type ParseJob, type ParseOutcome } from '@vaultstream/store';
import type { TaskContext, TaskFailure, TaskHandler } from '@vaultstream/tasks';
import { countParse, zeroParses } from '../capture-counters.ts';
import { PlatformWatch, type Pass, type Waiting } from '../platform-health/platform-watch.ts';
import { ContentReader, type ReadContent } from './content-reader.ts';
import { HostSlots } from './host-slots.ts';

type Payload = PayloadOf<'content.parse'>;

/** Characters of a title in the log. */
const titleLength = 80;

/** `content.parse`: PROCESSING is committed before the platform is asked; PULLED, its media and their tasks are one transaction. */
@Injectable()
export class ParseHandler implements TaskHandler<'content.parse'> {
  constructor(
    private readonly contents: Contents,
    private readonly reader: ContentReader,
    private readonly slots: HostSlots,
    private readonly watch: PlatformWatch,
    private readonly health: PlatformHealth,
    private readonly env: Env,
    private readonly metrics: Metrics,
  ) {
    zeroParses(metrics);
  }

  /** Reads nothing when the content is gone, deleted, merged, or PULLED already: of that one, only pictures that are missing are queued. */
  async run({ content_id, below_version: belowVersion }: Payload, context: TaskContext): Promise<void> {
    if (belowVersion !== undefined && (await this.spares(content_id, context))) return;
    const job = await context.transact((tx) => this.contents.beginParse(tx, content_id, { belowVersion }));
    if (!job) return this.endIdle(content_id, context);
    const { host } = new URL(job.canonical.url);
    const waitMs = this.slots.take(host);
    if (waitMs > 0) throw new Later(`other pages of ${host} are being read`, { retryAfterMs: waitMs });
    try {
      const pass = await this.watch.enter(job.canonical.platform);
      if ('retryAfterMs' in pass) return await this.wait(content_id, pass, context);
      const { outcome, parsed, durationMs } = await this.parse(job, pass, context);
      if (outcome.outcome !== 'gone') annotateContext({ contentId: outcome.contentId });
      context.logger.info(
        {
          name: 'content.parsed',
          platform: job.canonical.platform,
          title: (parsed.title ?? job.canonical.url).slice(0, titleLength),
          pictures: parsed.media.length,
          duration_ms: Math.round(durationMs),
        },
        'content parsed',
      );
    } finally {
      this.slots.free(host);
    }
  }

  /** The last try has failed. */
  async onDead({ content_id }: Payload, failure: TaskFailure, tx: Tx): Promise<void> {
    await this.contents.recordFailure(tx, content_id, failure);
  }

  /** A re-parse of what is good as it is waits before it takes the content out of PULLED. True when it was put off. */
  private async spares(contentId: number, context: TaskContext): Promise<boolean> {
    const platform = await this.health.sickPlatformOf(contentId);
    const waiting = platform === null ? null : await this.watch.waitsNow(platform);
    if (!waiting || waiting.retryAfterMs <= 0) return false;
    await this.wait(contentId, waiting, context);
    return true;
  }

  /** Nobody asks a sick platform: no attempt is spent, and the content's timeline says why. */
  private wait(contentId: number, waiting: Waiting, context: TaskContext): Promise<void> {
    const later = new Later(waiting.reason, { retryAfterMs: waiting.retryAfterMs });
    return context.defer(later, (tx) => this.health.noteWaiting(tx, contentId, waiting));
  }

  private async read(job: ParseJob, pass: Pass, { signal, logger, hold }: TaskContext): Promise<ReadContent> {
    try {
      const facts = {
        'vaultstream.platform': job.canonical.platform,
        'server.address': new URL(job.canonical.url).hostname,
      };
      const read = await inSpan('page.fetch', facts, () => this.reader.read(job, signal, logger, hold));
      await this.watch.succeeded(pass);
      return read;
    } catch (error) {
      // A run that was cut off says so; what the call threw then is only how it noticed.
      throw await this.watch.failed(pass, signal.aborted ? signal.reason : error);
    }
  }

  private async parse(
    job: ParseJob,
    pass: Pass,
    context: TaskContext,
  ): Promise<{ outcome: ParseOutcome; parsed: ParsedContent; durationMs: number }> {
    const { metrics } = this;
    const { platform } = job.canonical;
    const startedAt = performance.now();
    try {
      const read = await this.read(job, pass, context);
      const result = { ...read, asked: job.canonical.url, archive: this.env.archive };
      const outcome = await context.commit((tx) => this.contents.recordParse(tx, job.contentId, result));
      const durationMs = performance.now() - startedAt;
      countParse(metrics, platform, outcome, durationMs);
      return { outcome, parsed: read.parsed, durationMs };
    } catch (error) {
      countParse(metrics, platform, { outcome: 'error', error }, performance.now() - startedAt);
      throw error;
    }
  }

  /** Whoever asks for a parse while this task lives appends none: so the task goes only if nobody has asked since. */
  private async endIdle(contentId: number, context: TaskContext): Promise<void> {
    await context.commit(async (tx) => {
      if (await this.contents.wantsParse(tx, contentId))
        throw new Later('the content was asked for again', { retryAfterMs: 0 });
      await this.contents.archiveMissing(tx, contentId, this.env.archive);
    });
  }
}
