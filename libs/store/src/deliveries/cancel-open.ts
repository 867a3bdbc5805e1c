import type { Tx } from '@vaultstream/contracts';
import { openTx } from '../database/tx.ts';
import { Events } from '../events/events.ts';
import { Prisma } from '../generated/client.ts';
import { endSendTasks } from './send-task.ts';
import { openStates, ownerGone } from './states.ts';
import { eventOf } from './transition.ts';

/** A deleted content is pushed nowhere any more. What is just being sent, or was, stays as it is. Answers how many rows ended. */
export function cancelForContent(tx: Tx, contentId: number): Promise<number> {
  return cancelOpen(tx, Prisma.sql`content_id = ${contentId}::int`, ownerGone.content);
}

/** Nothing more goes to a deleted target. Answers how many rows ended. */
export function cancelForTarget(tx: Tx, targetId: string): Promise<number> {
  return cancelOpen(tx, Prisma.sql`target_id = ${targetId}::uuid`, ownerGone.target);
}

interface Cancelled {
  id: string;
  content_id: number;
  target_id: string;
  state: 'cancelled' | 'partial';
}

async function cancelOpen(tx: Tx, which: Prisma.Sql, reason: string): Promise<number> {
  const cancelled = await openTx(tx).$queryRaw<Cancelled[]>`
    UPDATE deliveries d SET reason = ${reason}, not_before = NULL, updated_at = now(), state = CASE WHEN EXISTS (
      SELECT 1 FROM delivery_parts p WHERE p.delivery_id = d.id AND p.state = 'sent') THEN 'partial' ELSE 'cancelled' END
    WHERE id IN (
      SELECT id FROM deliveries WHERE ${which} AND state = ANY(${openStates}::text[]) ORDER BY id FOR UPDATE)
    RETURNING id::text, content_id, target_id::text, state`;
  await endSendTasks(
    tx,
    cancelled.map((row) => row.id),
  );
  await Events.append(
    tx,
    cancelled.map((row) => ({
      type: eventOf(row.state),
      contentId: row.content_id,
      targetId: row.target_id,
      deliveryId: row.id,
      payload: { reason },
    })),
  );
  return cancelled.length;
}
