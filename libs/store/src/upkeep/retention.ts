import type { Tx } from '@vaultstream/contracts';
import type { Database } from '../database/database.ts';
import { openTx } from '../database/tx.ts';

/** Rows of one transaction: small enough to stay far below its five seconds. */
const batchSize = 500;

/** What goes away by age. Each method works in small transactions and answers how many rows it took. */
export class Retention {
  constructor(private readonly db: Database) {}

  /** Forgets the remembered answers whose time is over. */
  async expireIdempotencyKeys(): Promise<number> {
    return this.batches(
      (tx) => openTx(tx).$executeRaw`
        DELETE FROM idempotency_keys WHERE ctid IN (SELECT ctid FROM idempotency_keys WHERE expires_at < now() LIMIT ${batchSize})`,
    );
  }

  /** Forgets limiter cells that have been free for a day: a missing cell is a free cell. */
  async expireLimiterCells(): Promise<number> {
    return this.batches(
      (tx) => openTx(tx).$executeRaw`
        DELETE FROM limiter_cells WHERE ctid IN
          (SELECT ctid FROM limiter_cells WHERE tat < now() - interval '1 day' LIMIT ${batchSize})`,
    );
  }

  /**
   * Empties contents that were deleted more than `days` days ago: text, metadata and pictures go (their blobs become
   * collectable). The row, its keys and its ledger stay, so that a re-share finds them, is parsed anew and is pushed
   * nowhere twice.
   */
  async purgeDeletedContents(days: number): Promise<number> {
    return this.batches(async (tx) => {
      const client = openTx(tx);
      const purged = await client.$queryRaw<{ id: number }[]>`
        UPDATE contents SET status = 'UNPROCESSED', archive_status = 'none', title = NULL, description = NULL, body_text = NULL,
          raw_metadata = '{}', stats = '{}', search_text = '', search_hash = NULL, edited_fields = '{}', note = NULL,
          last_error = NULL, last_error_type = NULL, last_error_detail = NULL, last_error_at = NULL, purged_at = now()
        WHERE id IN (SELECT id FROM contents WHERE deleted_at < now() - make_interval(days => ${days}::int) AND purged_at IS NULL
                     ORDER BY id LIMIT ${batchSize} FOR UPDATE SKIP LOCKED)
        RETURNING id`;
      const ids = purged.map((row) => row.id);
      if (ids.length === 0) return 0;
      await client.media.deleteMany({ where: { contentId: { in: ids } } });
      await client.deadLetter.deleteMany({ where: { contentId: { in: ids } } });
      return ids.length;
    });
  }

  private async batches(step: (tx: Tx) => Promise<number>): Promise<number> {
    let total = 0;
    for (;;) {
      const taken = await this.db.transact(step);
      total += taken;
      if (taken < batchSize) return total;
    }
  }
}
