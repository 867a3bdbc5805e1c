import type { ContentPatch, NewEvent, TaskLog, Tx } from '@vaultstream/contracts';
import { openTx } from '../database/tx.ts';
import { Events } from '../events/events.ts';
import { lockLive } from './content-locks.ts';
import { keepSearchable } from './search-text.ts';
import { uniteTags } from './tags.ts';

/** Why a ledger row was cancelled with its content: planning anew after a revival may tell it from a person's own no. */
export const contentDeletedReason = 'content_deleted';

/**
 * Sets what a person wants, for good: later parses leave these fields alone. Answers the id of the content (the survivor of a
 * merged one), null when there is none.
 */
export async function patchContent(tx: Tx, id: number, patch: ContentPatch): Promise<number | null> {
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
  await Events.append(tx, [{ type: 'content.updated', contentId: row.id, payload: { fields, search_fields: searched } }]);
  return row.id;
}

/**
 * Hides a content and ends its live tasks; what was planned for targets is cancelled. Row, keys and ledger stay, so that a later
 * share revives it and nothing is pushed twice. False when there is none (any more).
 */
export async function deleteContent(tx: Tx, log: TaskLog, id: number): Promise<boolean> {
  const row = await lockLive(tx, id);
  if (!row) return false;
  const client = openTx(tx);
  const status = row.status === 'PROCESSING' ? 'UNPROCESSED' : row.status;
  await client.$executeRaw`
    UPDATE contents SET deleted_at = now(), status = ${status}, updated_at = now() WHERE id = ${row.id}`;
  const cancelled = await client.$queryRaw<{ id: string; targetId: string }[]>`
    UPDATE deliveries SET state = 'cancelled', reason = ${contentDeletedReason}, updated_at = now()
    WHERE content_id = ${row.id} AND state IN ('planned', 'held') RETURNING id, target_id AS "targetId"`;
  await log.cancelForContent(tx, row.id);
  const events = cancelled.map((delivery): NewEvent => {
    const ids = { contentId: row.id, deliveryId: delivery.id, targetId: delivery.targetId };
    return { type: 'delivery.cancelled', ...ids, payload: { reason: contentDeletedReason } };
  });
  await Events.append(tx, [{ type: 'content.deleted', contentId: row.id }, ...events]);
  return true;
}
