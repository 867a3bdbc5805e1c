import { Conflict, NotFound, type Tx } from '@vaultstream/contracts';
import { v7 as uuid } from 'uuid';
import { cleanOrNull } from '../contents/clean-text.ts';
import { lockLive } from '../contents/content-locks.ts';
import type { ContentRow } from '../contents/content-row.ts';
import { toJson } from '../database/json.ts';
import { openTx } from '../database/tx.ts';
import { Events } from '../events/events.ts';
import { Prisma } from '../generated/client.ts';
import type { Targets } from '../targets/targets.ts';
import { endSendTasks } from './send-task.ts';
import { lockDelivery, move } from './transition.ts';

/** A bot says that it has pushed a content by itself. */
export interface PushMark {
  contentId: number;
  targetKey: string;
  messageId: string | null;
  /** The old version says so: it counts whatever has become of the content, and for as many targets as it knew. */
  imported?: boolean;
}

/**
 * Writes the `sent` row of a push that a bot has done. A row that waits becomes `sent` and its task ends; one that is just being
 * sent becomes `sent` too and its receipt changes nothing any more.
 * @returns False when it was `sent` before.
 * @throws NotFound for an unknown or deleted content; Conflict for one that was never one to push, and for an unknown target beyond their
 * number. A merged content counts for its survivor.
 */
export async function markPushed(tx: Tx, targets: Targets, mark: PushMark): Promise<boolean> {
  const client = openTx(tx);
  // Locked, so that no merge moves the ledger away from under the new row.
  const content = await lockLive(tx, mark.contentId);
  if (!content) throw new NotFound('There is no such content.');
  const contentId = content.id;
  const imported = mark.imported ?? false;
  if (!imported) await requireOffered(tx, content, mark.contentId);
  const targetId = await targets.ensureExternal(tx, mark.targetKey, { limited: !imported });
  const [entered] = await client.$queryRaw<{ id: string }[]>`
    INSERT INTO deliveries (id, content_id, target_id, state, reason, sent_at)
    VALUES (${uuid()}::uuid, ${contentId}::int, ${targetId}::uuid, 'sent', 'marked', now())
    ON CONFLICT (content_id, target_id) DO NOTHING RETURNING id::text`;
  if (entered) {
    await writePart(tx, entered.id, mark.messageId);
    await Events.append(tx, [
      { type: 'delivery.sent', contentId, targetId, deliveryId: entered.id, payload: { reason: 'marked' } },
    ]);
    return true;
  }
  const { id } = await client.delivery.findUniqueOrThrow({ where: { contentId_targetId: { contentId, targetId } } });
  const row = await lockDelivery(tx, id);
  if (!row || row.state === 'sent') return false;
  if (row.state !== 'sending') await endSendTasks(tx, [id]);
  await client.deliveryPart.updateMany({
    where: { deliveryId: id, state: { not: 'sent' } },
    data: { state: 'sent', sentAt: new Date(), payload: Prisma.DbNull, receipt: toJson({ marked: true }) },
  });
  await writePart(tx, id, mark.messageId);
  await move(tx, row, { state: 'sent', reason: 'marked', columns: { sentAt: new Date() } });
  return true;
}

/**
 * A bot can have pushed only what was PULLED at some time. What it is now does not matter: it may have been read anew since the bot got it, and
 * a mark that is refused would have it pushed again.
 */
async function requireOffered(tx: Tx, content: ContentRow, askedId: number): Promise<void> {
  if (content.status === 'PULLED') return;
  const [row] = await openTx(tx).$queryRaw<{ offered: boolean }[]>`
    SELECT bool_or(offered_xid <> '0'::xid8) AS offered FROM contents WHERE id IN (${content.id}::int, ${askedId}::int)`;
  if (row?.offered === true) return;
  throw new Conflict(`The content is ${content.status} and never was PULLED: a bot cannot have pushed it.`);
}

/** The message that the bot has sent is the first part of the row. */
async function writePart(tx: Tx, deliveryId: string, messageId: string | null): Promise<void> {
  await openTx(tx).$executeRaw`
    INSERT INTO delivery_parts (id, delivery_id, position, state, message_id, receipt, sent_at)
    VALUES (${uuid()}::uuid, ${deliveryId}::uuid, 0, 'sent', ${cleanOrNull(messageId)}, '{"marked": true}', now())
    ON CONFLICT (delivery_id, position) DO UPDATE SET message_id = COALESCE(EXCLUDED.message_id, delivery_parts.message_id)`;
}
