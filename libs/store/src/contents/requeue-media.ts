import type { TaskLog, Tx } from '@vaultstream/contracts';
import { openTx } from '../database/tx.ts';
import { Events } from '../events/events.ts';
import { lockContent } from './content-locks.ts';
import type { ContentRow } from './content-row.ts';
import { appendArchiving, type ArchivePolicy } from './parse-media.ts';

/**
 * Pictures without stored bytes of a locked PULLED content -> pending, each with a task, without asking the platform: those that failed,
 * those that were skipped while archiving was off or the limit was lower, and those that wait without anybody to work on them. With
 * those that are stored or under way they stay within `maxImages`, in the order of the page. Answers how many were queued.
 */
export async function requeueMedia(
  tx: Tx,
  log: TaskLog,
  row: Pick<ContentRow, 'id' | 'parseGeneration' | 'priority'>,
  archive: ArchivePolicy,
): Promise<number> {
  if (!archive.enabled) return 0;
  const client = openTx(tx);
  const queued = await client.$queryRaw<{ id: string }[]>`
    WITH pictures AS (
      SELECT m.id, m.position, m.status = 'stored' OR m.status = 'pending' AND EXISTS (
          SELECT 1 FROM tasks t WHERE t.dedupe_key = 'media.archive:' || m.id) AS kept
      FROM media m
      WHERE m.content_id = ${row.id}::int AND m.parse_generation = ${row.parseGeneration}::int AND m.kind = 'image'),
    missing AS (
      SELECT id FROM pictures WHERE NOT kept ORDER BY position
      LIMIT (SELECT greatest(0, ${archive.maxImages}::int - count(*)) FROM pictures WHERE kept))
    UPDATE media SET status = 'pending', error = NULL, error_type = NULL, updated_at = now()
    WHERE id IN (SELECT id FROM missing) RETURNING id`;
  if (queued.length === 0) return 0;
  await client.$executeRaw`UPDATE contents SET archive_status = 'pending', updated_at = now() WHERE id = ${row.id}`;
  const mediaIds = queued.map((media) => media.id);
  await appendArchiving(tx, log, row, mediaIds);
  await Events.append(tx, [{ type: 'media.requeued', contentId: row.id, payload: { media_ids: mediaIds } }]);
  return queued.length;
}

/** As `requeueMedia`, of a content that is not locked yet: 0 for one that is not PULLED, deleted, or merged. */
export async function archiveMissing(tx: Tx, log: TaskLog, contentId: number, archive: ArchivePolicy): Promise<number> {
  const row = await lockContent(tx, contentId);
  if (row?.status !== 'PULLED' || row.deletedAt !== null || row.mergedInto !== null) return 0;
  return requeueMedia(tx, log, row, archive);
}
