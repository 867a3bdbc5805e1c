import type { ContentPatch, TaskLog, Tx } from '@vaultstream/contracts';
import type { Database } from '../database/database.ts';
import { lockLive } from './content-locks.ts';
import type { ContentRow } from './content-row.ts';
import { deleteContent, patchContent } from './edit.ts';
import { recordParseFailure, type ParseFailure } from './failure.ts';
import { mergeContents } from './merge.ts';
import { markProcessing, parseIsWanted, type ParseJob, type ParseWishes } from './parse-begin.ts';
import type { ArchivePolicy } from './parse-media.ts';
import { recordParseResult, type ParseOutcome, type ParseResult } from './parse-record.ts';
import { countOutdated, reparseBatch, type ReparseFilter } from './reparse.ts';
import { archiveMissing } from './requeue-media.ts';
import { failedWhere, requeueContent, requeueFailed, type FailedFilter, type RequeueOutcome } from './requeue.ts';
import { settleByForce, settleContent } from './settle.ts';
import { recordShare, type Share, type ShareOutcome } from './share.ts';

/** Contents of one transaction of a bulk retry: small enough to stay far below its five seconds. */
const bulkBatch = 200;

/**
 * Every change of a content, by name. Each locks the content row first, and writes its event and its tasks in the same
 * transaction. Reads are in `ContentReads`.
 */
export class Contents {
  constructor(
    private readonly db: Database,
    private readonly log: TaskLog,
  ) {}

  /** Takes a share in. See `recordShare`. */
  share(tx: Tx, share: Share): Promise<ShareOutcome> {
    return recordShare(tx, this.log, share);
  }

  /** UNPROCESSED, or what `wishes` names -> PROCESSING; answers what to read, or null when there is nothing to parse. */
  beginParse(tx: Tx, contentId: number, wishes?: ParseWishes): Promise<ParseJob | null> {
    return markProcessing(tx, contentId, wishes);
  }

  /** Locks the content and says whether a parse should read it: what a run that found nothing to do asks before it ends. */
  wantsParse(tx: Tx, contentId: number): Promise<boolean> {
    return parseIsWanted(tx, contentId);
  }

  /** -> PULLED, merging where the page's own link belongs to another content. See `recordParseResult`. */
  recordParse(tx: Tx, contentId: number, result: ParseResult): Promise<ParseOutcome> {
    return recordParseResult(tx, this.log, contentId, result);
  }

  /** -> FAILED, or back to PULLED what was read before, with all that is known of the error. See `recordParseFailure`. */
  recordFailure(tx: Tx, contentId: number, failure: ParseFailure): Promise<void> {
    return recordParseFailure(tx, this.log, contentId, failure);
  }

  /** Makes one content of two; the older survives and is answered. See `mergeContents`. */
  merge(tx: Tx, first: number, second: number): Promise<ContentRow | null> {
    return mergeContents(tx, this.log, [first, second]);
  }

  /**
   * Locks the content that an id stands for (the survivor of a merged one) until the transaction ends; null when there is none or
   * it is deleted. Lock order: live tasks, then contents by id, then their media and deliveries.
   */
  lock(tx: Tx, contentId: number): Promise<ContentRow | null> {
    return lockLive(tx, contentId);
  }

  /** Call after every end state of a media row, in its transaction. True when this call settled the content. See `settleContent`. */
  settleIfDone(tx: Tx, contentId: number): Promise<boolean> {
    return settleContent(tx, this.log, contentId);
  }

  /** The deadline of a parse generation has come: delivery goes on with what is there. See `settleByForce`. */
  forceSettle(tx: Tx, contentId: number, generation: number): Promise<boolean> {
    return settleByForce(tx, this.log, contentId, generation);
  }

  /** Sets what a person wants; it outlives later parses. Answers the content's id, null when there is none. */
  patch(tx: Tx, contentId: number, patch: ContentPatch): Promise<number | null> {
    return patchContent(tx, this.log, contentId, patch);
  }

  /** Hides the content and ends its tasks. False when there is none. */
  softDelete(tx: Tx, contentId: number): Promise<boolean> {
    return deleteContent(tx, this.log, contentId);
  }

  /** Asks for a parse. See `requeueContent`. */
  requeue(
    tx: Tx,
    contentId: number,
    options: { force: boolean; archive: ArchivePolicy },
  ): Promise<RequeueOutcome | null> {
    return requeueContent(tx, this.log, contentId, options);
  }

  /** Queues the pictures of a PULLED content that have no stored bytes; answers how many. See `requeueMedia`. */
  archiveMissing(tx: Tx, contentId: number, archive: ArchivePolicy): Promise<number> {
    return archiveMissing(tx, this.log, contentId, archive);
  }

  /**
   * Queues failed contents again, in small transactions of its own: what is queued stays queued when a later one fails. `matched`
   * is how many there were, `queued` how many of them (`limit` at most) were taken.
   */
  async bulkRequeue(filter: FailedFilter & { limit: number }): Promise<{ matched: number; queued: number }> {
    const [found] = await this.db.reading(
      (client) =>
        client.$queryRaw<
          { matched: number }[]
        >`SELECT count(*)::int AS matched FROM contents WHERE ${failedWhere(filter)}`,
    );
    let queued = 0;
    while (queued < filter.limit) {
      const size = Math.min(bulkBatch, filter.limit - queued);
      const taken = await this.db.transact((tx) => requeueFailed(tx, this.log, filter, size));
      queued += taken;
      if (taken < size) break;
    }
    return { matched: found?.matched ?? 0, queued };
  }
  /**
   * Queues contents that an older parser has read, the oldest first, one every `stepMs`, behind those that wait from an earlier call. Those
   * with a parse under way are left alone, so that it may be asked for twice. Small transactions, as in `bulkRequeue`.
   */
  async reparse({ limit, stepMs, ...filter }: ReparseFilter & { limit: number; stepMs: number }): Promise<{
    matched: number;
    queued: number;
    waiting: number;
    endsInMs: number;
  }> {
    const { matched, waiting, lastInMs } = await this.db.reading((client) => countOutdated(client, filter));
    const beginsInMs = waiting === 0 ? 0 : lastInMs + stepMs;
    let [queued, behindId] = [0, 0];
    while (queued < limit) {
      const size = Math.min(bulkBatch, limit - queued);
      const pace = { size, behindId, delayMs: beginsInMs + queued * stepMs, stepMs };
      const batch = await this.db.transact((tx) => reparseBatch(tx, this.log, filter, pace));
      queued += batch.queued;
      behindId = batch.lastId;
      if (batch.taken < size) break;
    }
    return { matched, queued, waiting, endsInMs: beginsInMs + Math.max(0, queued - 1) * stepMs };
  }
}
