import type { NewEvent, TaskLog, Tx } from '@vaultstream/contracts';
import { openTx } from '../database/tx.ts';
import { sendTaskKey } from '../deliveries/send-task.ts';
import { Events } from '../events/events.ts';
import { believedUntil } from './alias-belief.ts';
import { lockContent, lockContents, lockTasksOf } from './content-locks.ts';
import type { ContentRow } from './content-row.ts';
import { mergeLedgers } from './merge-ledger.ts';
import { appendPlan, ensureParseTask } from './parse-task.ts';
import { keepSearchable } from './search-text.ts';
import { statusWhenShared } from './share-status.ts';
import { uniteTags } from './tags.ts';

/**
 * Makes one content of two, because a person says so: the older survives, takes over sources, tags, keys and ledger, and answers for the
 * other's id from now on. Answers the survivor; null when one of them is gone or both are one already.
 */
export async function mergeContents(tx: Tx, log: TaskLog, ids: readonly [number, number]): Promise<ContentRow | null> {
  await lockTasksOf(tx, ids);
  const rows = await lockContents(tx, ids);
  const [first, second] = rows;
  if (!first || !second || rows.some((row) => row.mergedInto !== null)) return null;
  const [survivor, loser] = first.id < second.id ? [first, second] : [second, first];
  return mergeLocked(tx, log, { survivor, loser }, { parsed: false, lasting: true });
}

export interface MergeOptions {
  /** The caller has a result at hand, which it writes: a survivor that is not PULLED gets no parse task. */
  parsed: boolean;
  /** The loser's address is believed for ever to lead to the survivor: see `believedUntil`. */
  lasting: boolean;
}

/**
 * As `mergeContents`, of two rows that the transaction has locked, and their tasks. The loser keeps its text and its pictures, so that it can
 * be a content of its own again (`unmergeLocked`); retention purges them.
 */
export async function mergeLocked(
  tx: Tx,
  log: TaskLog,
  { survivor, loser }: { survivor: ContentRow; loser: ContentRow },
  { parsed, lasting }: MergeOptions,
): Promise<ContentRow> {
  const ledger = await mergeLedgers(tx, loser.id, survivor.id);
  await endTasks(tx, log, loser.id, survivor.id, ledger.moved);
  const searched = await keepSearchable(tx, survivor.id, () => takeOver(tx, survivor, loser));
  await moveRows(tx, loser, survivor.id, lasting);
  await Events.append(tx, [
    { type: 'content.merged', contentId: loser.id, payload: { into: survivor.id } },
    {
      type: 'content.merged',
      contentId: survivor.id,
      payload: { from: loser.id, moved: ledger.moved.length, dropped: ledger.dropped.length, search_fields: searched },
    },
  ]);
  const merged = await lockContent(tx, survivor.id);
  if (!merged) throw new Error(`content ${survivor.id} is gone although it is locked`);
  await Events.append(tx, revivalEvents(survivor, merged, parsed));
  if (merged.deletedAt !== null) return merged;
  if (merged.status === 'PULLED' && merged.archiveStatus !== 'pending')
    await appendPlan(tx, log, merged.id, merged.priority);
  if (merged.status !== 'PULLED' && !parsed) await ensureParseTask(tx, log, merged.id, merged.priority);
  return merged;
}

/** What the merge did to the survivor beside making it larger. With a result at hand, nothing is queued. */
function revivalEvents(before: ContentRow, after: ContentRow, parsed: boolean): NewEvent[] {
  const contentId = after.id;
  const events: NewEvent[] = [];
  if (before.deletedAt !== null && after.deletedAt === null) events.push({ type: 'content.restored', contentId });
  if (before.status !== after.status && !parsed)
    events.push({ type: 'content.requeued', contentId, payload: { reason: 'merged', from: before.status } });
  return events;
}

/** The survivor keeps what it has; what a person has set on the loser alone comes along. Merging is like a share: it revives. */
async function takeOver(tx: Tx, survivor: ContentRow, loser: ContentRow): Promise<void> {
  const edits = loser.editedFields.filter((field) => !survivor.editedFields.includes(field));
  const title = edits.includes('title') ? loser.title : survivor.title;
  const tags = uniteTags(survivor.tags, loser.tags);
  const alive = loser.deletedAt === null;
  const status = statusWhenShared(survivor, alive && survivor.deletedAt !== null);
  await openTx(tx).$executeRaw`
    UPDATE contents SET title = ${title}, tags = ${tags}::text[], is_nsfw = is_nsfw OR ${loser.isNsfw},
      note = coalesce(note, ${loser.note}), priority = least(priority, ${loser.priority}::int),
      edited_fields = edited_fields || ${edits}::text[], status = ${status},
      deleted_at = CASE WHEN ${alive} THEN NULL ELSE deleted_at END,
      purged_at = CASE WHEN ${alive} THEN NULL ELSE purged_at END, updated_at = now()
    WHERE id = ${survivor.id}`;
}

/** Points everything at the survivor, contents merged earlier included, so that no chain grows. */
async function moveRows(tx: Tx, loser: ContentRow, survivor: number, lasting: boolean): Promise<void> {
  const client = openTx(tx);
  await client.$executeRaw`
    UPDATE content_keys SET content_id = ${survivor},
      believed_until = CASE WHEN key = ${loser.canonicalUrl} THEN ${believedUntil(lasting)} ELSE believed_until END
    WHERE content_id = ${loser.id}`;
  await client.$executeRaw`UPDATE content_sources SET content_id = ${survivor} WHERE content_id = ${loser.id}`;
  await client.$executeRaw`DELETE FROM rule_decisions WHERE content_id = ${loser.id}`;
  await client.$executeRaw`
    UPDATE contents SET merged_into = ${survivor}, alias_of = NULL, updated_at = now(),
      archive_status = CASE WHEN archive_status = 'pending' THEN 'none' ELSE archive_status END
    WHERE id = ${loser.id} OR merged_into = ${loser.id}`;
}

/** Ends the loser's live tasks. Those that send a ledger row which moved go on, for the survivor. */
async function endTasks(
  tx: Tx,
  log: TaskLog,
  loser: number,
  survivor: number,
  moved: readonly string[],
): Promise<void> {
  await openTx(tx).$executeRaw`
    UPDATE tasks SET content_id = ${survivor}, payload = payload || jsonb_build_object('content_id', ${survivor}::int)
    WHERE dedupe_key = ANY (${moved.map(sendTaskKey)}::text[])`;
  await log.cancelForContent(tx, loser);
}
