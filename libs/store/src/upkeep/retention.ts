import type { Tx } from '@vaultstream/contracts';
import type { Database } from '../database/database.ts';
import { openTx } from '../database/tx.ts';
import { forgetParts } from '../deliveries/forget-parts.ts';
import { Events } from '../events/events.ts';
import { Prisma } from '../generated/client.ts';
import { discardOpen } from '../tasks/letters/discard-letters.ts';
import { mootLetters } from '../tasks/letters/moot-letters.ts';

/** Deleted, or merged into another content, for so many days, and not emptied yet. What touches a merged one makes its days begin anew. */
const gone = (days: number): Prisma.Sql => Prisma.sql`purged_at IS NULL AND (
  deleted_at < now() - make_interval(days => ${days}::int)
  OR (merged_into IS NOT NULL AND updated_at < now() - make_interval(days => ${days}::int)))`;

/** Rows of one transaction: small enough to stay far below its five seconds. */
const batchSize = 500;

/**
 * What goes away by age. Each method works in small transactions and answers how many rows it took; between two of them it throws
 * the reason of its signal, once that has fired. The next run takes the rest.
 */
export class Retention {
  constructor(private readonly db: Database) {}

  /** Forgets the remembered answers whose time is over. */
  async expireIdempotencyKeys(signal?: AbortSignal): Promise<number> {
    return this.batches(
      signal,
      (tx) => openTx(tx).$executeRaw`
        DELETE FROM idempotency_keys WHERE ctid IN (SELECT ctid FROM idempotency_keys WHERE expires_at < now() LIMIT ${batchSize})`,
    );
  }

  /** Forgets events that ended up in the default partition, months that policy has outlived: see `EventPartitions.drop`. */
  async expireUnpartitionedEvents(months: number, signal?: AbortSignal): Promise<number> {
    return this.batches(
      signal,
      (tx) => openTx(tx).$executeRaw`
        DELETE FROM events_default WHERE ctid IN (
          SELECT ctid FROM events_default
          WHERE created_at < date_trunc('month', now(), 'UTC') - make_interval(months => ${months}::int) LIMIT ${batchSize})`,
    );
  }

  /** Forgets limiter cells that have been free for a day: a missing cell is a free cell. */
  async expireLimiterCells(signal?: AbortSignal): Promise<number> {
    return this.batches(
      signal,
      (tx) => openTx(tx).$executeRaw`
        DELETE FROM limiter_cells WHERE ctid IN
          (SELECT ctid FROM limiter_cells WHERE tat < now() - interval '1 day' LIMIT ${batchSize})`,
    );
  }

  /** Forgets what parses said of their platforms a day ago and earlier, but for the last success and the last error of each. */
  async expirePlatformTries(signal?: AbortSignal): Promise<number> {
    return this.batches(
      signal,
      (tx) => openTx(tx).$executeRaw`
        DELETE FROM platform_tries WHERE ctid IN (
          SELECT t.ctid FROM platform_tries t
          WHERE t.since < now() - interval '1 day'
            AND (t.last_success_at IS NULL OR EXISTS (SELECT 1 FROM platform_tries n
              WHERE n.platform = t.platform AND n.since > t.since AND n.last_success_at IS NOT NULL))
            AND (t.last_error_at IS NULL OR EXISTS (SELECT 1 FROM platform_tries n
              WHERE n.platform = t.platform AND n.since > t.since AND n.last_error_at IS NOT NULL))
          LIMIT ${batchSize})`,
    );
  }

  /** Gives up dead letters whose replay would find nothing to do, each with its event and the reason. */
  async discardMootDeadLetters(signal?: AbortSignal): Promise<number> {
    let total = 0;
    for (const { note, where } of mootLetters)
      total += await this.batches(signal, (tx) => discardOpen(tx, where, batchSize, { by: null, note }));
    return total;
  }

  /** Gives up dead letters that nobody has dealt with for `days` days, each with its event. */
  async discardOldDeadLetters(days: number, signal?: AbortSignal): Promise<number> {
    const old = Prisma.sql`l.created_at < now() - make_interval(days => ${days}::int)`;
    const discarder = { by: null, note: `nobody has dealt with it for ${days} days` };
    return this.batches(signal, (tx) => discardOpen(tx, old, batchSize, discarder));
  }

  /** Forgets dead letters that were replayed or discarded more than `days` days ago, unless their new task still waits. */
  async expireClosedDeadLetters(days: number, signal?: AbortSignal): Promise<number> {
    return this.batches(
      signal,
      (tx) => openTx(tx).$executeRaw`
        DELETE FROM dead_letters WHERE id IN (
          SELECT l.id FROM dead_letters l
          WHERE coalesce(l.replayed_at, l.discarded_at) < now() - make_interval(days => ${days}::int)
            AND (l.replayed_at IS NOT NULL OR l.discarded_at IS NOT NULL)
            AND NOT EXISTS (SELECT 1 FROM tasks t WHERE t.id = l.replayed_task_id)
          LIMIT ${batchSize} FOR UPDATE OF l SKIP LOCKED)`,
    );
  }

  /**
   * Empties contents that were deleted, or merged into others, more than `days` days ago: text, author, tags, metadata, pictures (their blobs become
   * collectable) and what was said at their shares. The row, its keys and its ledger stay, so that a re-share finds them, is
   * parsed anew, as if for the first time, and is pushed nowhere twice.
   */
  async purgeDeletedContents(days: number, signal?: AbortSignal): Promise<number> {
    return this.batches(signal, async (tx) => {
      const client = openTx(tx);
      const purged = await client.$queryRaw<{ id: number }[]>`
        UPDATE contents SET status = 'UNPROCESSED', archive_status = 'none', parse_generation = 0, title = NULL,
          description = NULL, body_text = NULL, author_id = NULL, author_name = NULL, author_url = NULL,
          author_avatar_url = NULL, site_name = NULL, language = NULL, tags = '{}', raw_metadata = '{}', stats = '{}',
          search_text = '', search_hash = NULL, edited_fields = '{}', note = NULL, last_error = NULL, last_error_type = NULL, last_error_detail = NULL, last_error_at = NULL,
          planned_at = NULL, plan_baseline = NULL, purged_at = now()
        WHERE id IN (SELECT id FROM contents WHERE ${gone(days)} ORDER BY id LIMIT ${batchSize} FOR UPDATE SKIP LOCKED)
        RETURNING id`;
      const ids = purged.map((row) => row.id);
      if (ids.length === 0) return 0;
      await client.media.deleteMany({ where: { contentId: { in: ids } } });
      await client.deadLetter.deleteMany({ where: { contentId: { in: ids } } });
      await client.$executeRaw`
        UPDATE content_sources SET tags = '{}', note = NULL, client_context = NULL WHERE content_id = ANY(${ids}::int[])`;
      await forgetParts(tx, ids);
      await Events.append(
        tx,
        ids.map((contentId) => ({ type: 'content.purged', contentId })),
      );
      return ids.length;
    });
  }

  private async batches(signal: AbortSignal | undefined, step: (tx: Tx) => Promise<number>): Promise<number> {
    let total = 0;
    for (;;) {
      signal?.throwIfAborted();
      const taken = await this.db.transact(step);
      total += taken;
      if (taken < batchSize) return total;
    }
  }
}
