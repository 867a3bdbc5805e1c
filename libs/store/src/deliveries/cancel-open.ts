import type { Tx } from '@vaultstream/contracts';
import { openTx } from '../database/tx.ts';
import { Events } from '../events/events.ts';
import { Prisma } from '../generated/client.ts';
import { endSendTasks, lockSendTasks } from './send-task.ts';
import { openStates } from './states.ts';

/** A deleted content is pushed nowhere any more. What is just being sent, or was, stays as it is. Answers how many were cancelled. */
export function cancelForContent(tx: Tx, contentId: number): Promise<number> {
  return cancelOpen(tx, Prisma.sql`content_id = ${contentId}::int`, 'content_deleted');
}

/** Nothing more goes to a deleted target. Answers how many were cancelled. */
export function cancelForTarget(tx: Tx, targetId: string): Promise<number> {
  return cancelOpen(tx, Prisma.sql`target_id = ${targetId}::uuid`, 'target_deleted');
}

interface Cancelled {
  id: string;
  content_id: number;
  target_id: string;
}

async function cancelOpen(tx: Tx, which: Prisma.Sql, reason: string): Promise<number> {
  const client = openTx(tx);
  const found = await client.$queryRaw<{ id: string }[]>`
    SELECT id::text FROM deliveries WHERE ${which} AND state = ANY(${openStates}::text[])`;
  if (found.length === 0) return 0;
  const ids = found.map((row) => row.id);
  await lockSendTasks(tx, ids);
  // One of them may have begun to be sent before its task was locked: only what is still open is cancelled.
  const cancelled = await client.$queryRaw<Cancelled[]>`
    UPDATE deliveries SET state = 'cancelled', reason = ${reason}, not_before = NULL, updated_at = now()
    WHERE id = ANY(${ids}::uuid[]) AND state = ANY(${openStates}::text[])
    RETURNING id::text, content_id, target_id::text`;
  await endSendTasks(
    tx,
    cancelled.map((row) => row.id),
  );
  await Events.append(
    tx,
    cancelled.map((row) => ({
      type: 'delivery.cancelled',
      contentId: row.content_id,
      targetId: row.target_id,
      deliveryId: row.id,
      payload: { reason },
    })),
  );
  return cancelled.length;
}
