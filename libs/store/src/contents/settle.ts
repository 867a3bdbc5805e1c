import type { ArchiveStatus, TaskLog, TaskName, Tx } from '@vaultstream/contracts';
import { openTx } from '../database/tx.ts';
import { Events } from '../events/events.ts';
import { lockContent } from './content-locks.ts';
import type { ContentRow } from './content-row.ts';
import { appendPlan } from './parse-task.ts';

const deadline: TaskName = 'content.settle';

interface MediaCounts {
  pending: number;
  stored: number;
  failed: number;
}

/**
 * Settles a content when no media of its parse generation is pending: sets `archive_status`, and the first time asks delivery to
 * plan. True when this call settled it. The content row is locked before the count: without that, two last pictures that commit
 * together each see the other one pending, and nobody settles.
 */
export async function settleContent(tx: Tx, log: TaskLog, contentId: number): Promise<boolean> {
  const row = await lockContent(tx, contentId);
  return row !== null && canSettle(row) && (await settleLocked(tx, log, row));
}

/** As `settleContent`, of a row that the transaction has locked. */
export async function settleLocked(tx: Tx, log: TaskLog, row: ContentRow): Promise<boolean> {
  const counts = await countMedia(tx, row);
  if (counts.pending > 0) return false;
  await dropDeadlines(tx, row.id);
  return finish(tx, log, row, archiveStatusOf(counts), {});
}

/**
 * The deadline: settles a content whose pictures of that generation are still pending, as `partial`. Pictures that come later
 * still change `archive_status`. True when this call settled it.
 */
export async function settleByForce(tx: Tx, log: TaskLog, contentId: number, generation: number): Promise<boolean> {
  const row = await lockContent(tx, contentId);
  if (row === null || !canSettle(row) || row.parseGeneration !== generation || row.archiveStatus !== 'pending')
    return false;
  const counts = await countMedia(tx, row);
  const status = counts.pending > 0 ? 'partial' : archiveStatusOf(counts);
  return finish(tx, log, row, status, { forced: true, pending: counts.pending });
}

/** Nothing is left to wait for. A deadline that is running finds that out by itself, and holds its own row. */
async function dropDeadlines(tx: Tx, contentId: number): Promise<void> {
  await openTx(tx).$executeRaw`
    DELETE FROM tasks WHERE id IN (
      SELECT id FROM tasks WHERE content_id = ${contentId}::int AND name = ${deadline} AND state <> 'running' FOR UPDATE SKIP LOCKED)`;
}

const canSettle = (row: ContentRow): boolean =>
  row.status === 'PULLED' && row.deletedAt === null && row.mergedInto === null;

async function countMedia(tx: Tx, row: ContentRow): Promise<MediaCounts> {
  const [counts] = await openTx(tx).$queryRaw<MediaCounts[]>`
    SELECT count(*) FILTER (WHERE status = 'pending')::int AS pending, count(*) FILTER (WHERE status = 'stored')::int AS stored,
           count(*) FILTER (WHERE status = 'failed')::int AS failed
    FROM media WHERE content_id = ${row.id} AND parse_generation = ${row.parseGeneration}`;
  return counts ?? { pending: 0, stored: 0, failed: 0 };
}

/** What the end states of the media say. Skipped media was never meant to be archived. */
function archiveStatusOf({ stored, failed }: MediaCounts): ArchiveStatus {
  if (failed > 0) return 'partial';
  return stored > 0 ? 'ready' : 'none';
}

async function finish(
  tx: Tx,
  log: TaskLog,
  row: ContentRow,
  status: ArchiveStatus,
  facts: Record<string, unknown>,
): Promise<boolean> {
  const first = row.archiveStatus === 'pending';
  if (status !== row.archiveStatus) {
    await openTx(tx)
      .$executeRaw`UPDATE contents SET archive_status = ${status}, updated_at = now() WHERE id = ${row.id}`;
    await Events.append(tx, [
      { type: 'content.settled', contentId: row.id, payload: { archive_status: status, late: !first, ...facts } },
    ]);
  }
  if (first) await appendPlan(tx, log, row.id, row.priority);
  return first;
}
