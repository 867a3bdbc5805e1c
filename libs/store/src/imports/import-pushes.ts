import type { Tx } from '@vaultstream/contracts';
import { v7 as uuidv7 } from 'uuid';
import { cleanText } from '../contents/clean-text.ts';
import type { ContentRow } from '../contents/content-row.ts';
import { toSqlTime } from '../contents/pg-time.ts';
import { openTx } from '../database/tx.ts';
import { markPushed } from '../deliveries/mark-pushed.ts';
import { Events } from '../events/events.ts';
import type { Targets } from '../targets/targets.ts';
import type { ImportedPush } from './imported.ts';

/** Writes the `sent` rows of what the old version has pushed, so that nothing is pushed there again. Answers how many are new. */
export async function importPushes(
  tx: Tx,
  targets: Targets,
  content: Pick<ContentRow, 'id' | 'deletedAt'>,
  pushes: readonly ImportedPush[],
): Promise<number> {
  let written = 0;
  // In the order of their keys: two imports, or an import and a bot, create unknown targets in the same order.
  for (const push of [...pushes].sort((a, b) => (a.targetKey < b.targetKey ? -1 : 1)))
    if (await importPush(tx, targets, content, push)) written += 1;
  return written;
}

async function importPush(
  tx: Tx,
  targets: Targets,
  content: Pick<ContentRow, 'id' | 'deletedAt'>,
  push: ImportedPush,
): Promise<boolean> {
  const client = openTx(tx);
  const targetKey = cleanText(push.targetKey);
  const targetId = await targets.ensureExternal(tx, targetKey, { limited: false });
  const at = toSqlTime(push.pushedAt);
  const [entered] = await client.$queryRaw<{ id: string }[]>`
    INSERT INTO deliveries (id, content_id, target_id, state, reason, sent_at, created_at, updated_at)
    VALUES (${uuidv7()}::uuid, ${content.id}::int, ${targetId}::uuid, 'sent', 'imported', ${at}::timestamptz, ${at}::timestamptz,
            ${at}::timestamptz)
    ON CONFLICT (content_id, target_id) DO NOTHING RETURNING id::text`;
  if (!entered) {
    // A row that waits, or failed here, for what was pushed there: the old version's word counts as a bot's does.
    if (content.deletedAt !== null) return false;
    return markPushed(tx, targets, {
      contentId: content.id,
      targetKey,
      messageId: push.messageIds[0] ?? null,
      imported: true,
    });
  }
  for (const [position, messageId] of (push.messageIds.length > 0 ? push.messageIds : [null]).entries())
    await client.$executeRaw`
      INSERT INTO delivery_parts (id, delivery_id, position, state, message_id, receipt, sent_at, created_at)
      VALUES (${uuidv7()}::uuid, ${entered.id}::uuid, ${position}, 'sent', ${messageId === null ? null : cleanText(messageId)},
              '{"imported": true}', ${at}::timestamptz, ${at}::timestamptz)`;
  const payload = { reason: 'imported' };
  await Events.append(tx, [
    { type: 'delivery.sent', contentId: content.id, targetId, deliveryId: entered.id, payload },
  ]);
  return true;
}
