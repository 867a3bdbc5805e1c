import type { ContentPatch, TaskLog, Tx } from '@vaultstream/contracts';
import { openTx } from '../database/tx.ts';
import { cancelForContent } from '../deliveries/cancel-open.ts';
import { Events } from '../events/events.ts';
import { lockLive, lockTasksOf, survivorOf } from './content-locks.ts';
import { planIfChanged } from './plan-again.ts';
import { keepSearchable } from './search-text.ts';
import { uniteTags } from './tags.ts';

/**
 * Sets what a person wants, for good: later parses leave these fields alone. The rules are asked again when they look at what has
 * changed. Answers the id of the content (the survivor of a merged one), null when there is none.
 */
export async function patchContent(tx: Tx, log: TaskLog, id: number, patch: ContentPatch): Promise<number | null> {
  const row = await lockLive(tx, id);
  if (!row) return null;
  const fields = (['tags', 'title', 'note', 'is_nsfw'] as const).filter((field) => patch[field] !== undefined);
  const edited = [...new Set([...row.editedFields, ...fields])];
  const tags = patch.tags === undefined ? row.tags : uniteTags([], patch.tags);
  const note = patch.note === undefined ? row.note : patch.note;
  const searched = await keepSearchable(
    tx,
    row.id,
    () => openTx(tx).$executeRaw`
      UPDATE contents SET tags = ${tags}::text[], title = ${patch.title ?? row.title}, note = ${note},
        is_nsfw = ${patch.is_nsfw ?? row.isNsfw}, edited_fields = ${edited}::text[], updated_at = now()
      WHERE id = ${row.id}`,
  );
  await Events.append(tx, [
    { type: 'content.updated', contentId: row.id, payload: { fields, search_fields: searched } },
  ]);
  await planIfChanged(tx, log, row.id);
  return row.id;
}

/**
 * Hides a content and ends its live tasks; what has not left for its targets is cancelled. Row, keys and ledger stay, so that a later
 * share revives it and nothing is pushed twice; all rules are asked anew then. False when there is none (any more).
 */
export async function deleteContent(tx: Tx, log: TaskLog, id: number): Promise<boolean> {
  await lockTasksOf(tx, [await survivorOf(tx, id)]);
  const row = await lockLive(tx, id);
  if (!row) return false;
  const status = row.status === 'PROCESSING' ? 'UNPROCESSED' : row.status;
  await openTx(tx).$executeRaw`
    UPDATE contents SET deleted_at = now(), status = ${status}, planned_at = NULL, plan_baseline = NULL, updated_at = now()
    WHERE id = ${row.id}`;
  await Events.append(tx, [{ type: 'content.deleted', contentId: row.id }]);
  await cancelForContent(tx, row.id);
  await log.cancelForContent(tx, row.id);
  return true;
}
