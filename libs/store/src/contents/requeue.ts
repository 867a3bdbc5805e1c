import type { TaskLog, Tx } from '@vaultstream/contracts';
import { openTx } from '../database/tx.ts';
import { Events } from '../events/events.ts';
import { Prisma } from '../generated/client.ts';
import { lockLive } from './content-locks.ts';
import type { ArchivePolicy } from './parse-media.ts';
import { ensureParseTask, ensureParseTasks } from './parse-task.ts';
import { requeueDamaged } from './requeue-damaged.ts';
import { requeueMedia } from './requeue-media.ts';

export type RequeueOutcome =
  | { outcome: 'queued'; contentId: number } // was FAILED, or PULLED and forced
  | { outcome: 'live'; contentId: number; status: 'UNPROCESSED' | 'PROCESSING' } // a parse is under way
  | { outcome: 'pulled'; contentId: number; media: number }; // nothing to read; so many pictures are tried again

/** Which failed contents `requeueFailed` takes. */
export interface FailedFilter {
  errorType?: string | undefined;
  platform?: string | undefined;
}

/**
 * Asks for a parse: FAILED -> UNPROCESSED, and PULLED too when forced. A content that waits or runs keeps its live task. A PULLED
 * one only has its pictures tried again that are not stored (`requeueMedia`), or whose stored bytes are damaged. Null when there is no
 * such content.
 */
export async function requeueContent(
  tx: Tx,
  log: TaskLog,
  id: number,
  { force, archive }: { force: boolean; archive: ArchivePolicy },
): Promise<RequeueOutcome | null> {
  const row = await lockLive(tx, id);
  if (!row) return null;
  const contentId = row.id;
  if (row.status === 'UNPROCESSED' || row.status === 'PROCESSING') {
    await ensureParseTask(tx, log, contentId, row.priority);
    return { outcome: 'live', contentId, status: row.status };
  }
  if (row.status === 'PULLED' && !force) {
    const damaged = archive.enabled ? await requeueDamaged(tx, log, row) : 0;
    return { outcome: 'pulled', contentId, media: damaged + (await requeueMedia(tx, log, row, archive)) };
  }
  await openTx(tx).$executeRaw`UPDATE contents SET status = 'UNPROCESSED', updated_at = now() WHERE id = ${contentId}`;
  await ensureParseTask(tx, log, contentId, row.priority);
  const reason = row.status === 'PULLED' ? 'forced' : 'retried';
  await Events.append(tx, [{ type: 'content.requeued', contentId, payload: { reason, from: row.status } }]);
  return { outcome: 'queued', contentId };
}

/** Queues up to `limit` failed contents again, the oldest first. Those that another transaction holds are left out. */
export async function requeueFailed(tx: Tx, log: TaskLog, filter: FailedFilter, limit: number): Promise<number> {
  const rows = await openTx(tx).$queryRaw<{ id: number; priority: number }[]>`
    WITH picked AS MATERIALIZED
      (SELECT id FROM contents WHERE ${failedWhere(filter)} ORDER BY id LIMIT ${limit} FOR UPDATE SKIP LOCKED)
    UPDATE contents c SET status = 'UNPROCESSED', updated_at = now() FROM picked WHERE c.id = picked.id
    RETURNING c.id, c.priority`;
  await ensureParseTasks(tx, log, rows);
  await Events.append(
    tx,
    rows.map((row) => ({
      type: 'content.requeued',
      contentId: row.id,
      payload: { reason: 'bulk_retry', from: 'FAILED' },
    })),
  );
  return rows.length;
}

/** The condition of the partial index on failed contents. */
export function failedWhere({ errorType, platform }: FailedFilter): Prisma.Sql {
  return Prisma.sql`status = 'FAILED' AND deleted_at IS NULL AND merged_into IS NULL
    AND (${errorType ?? null}::text IS NULL OR last_error_type = ${errorType ?? null})
    AND (${platform ?? null}::text IS NULL OR platform = ${platform ?? null})`;
}
