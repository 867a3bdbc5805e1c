import type { DeliveryState, PartState, Tx } from '@vaultstream/contracts';
import { openTx } from '../database/tx.ts';
import { Events } from '../events/events.ts';
import { Prisma } from '../generated/client.ts';
import { endSendTasks } from './send-task.ts';
import { openStates, ownerGone } from './states.ts';
import { eventOf } from './transition.ts';

/**
 * A deleted content is pushed nowhere any more, and all its tasks end. A message that is just under way becomes `unconfirmed`; its receipt
 * still counts when it comes. Answers how many rows ended.
 */
export function cancelForContent(tx: Tx, contentId: number): Promise<number> {
  return cancelOpen(tx, Prisma.sql`content_id = ${contentId}::int`, [...openStates, 'sending'], ownerGone.content);
}

/**
 * Nothing more goes to a target that is about to be deleted. What is just being sent ends with its own task. Ends
 * `cancelBatch` rows at most and answers how many.
 */
export function cancelForTarget(tx: Tx, targetId: string): Promise<number> {
  return cancelOpen(tx, Prisma.sql`target_id = ${targetId}::uuid`, openStates, ownerGone.target, cancelBatch);
}

/** Rows that end in one go: a transaction has five seconds. */
export const cancelBatch = 1_000;

interface Ended {
  id: string;
  content_id: number;
  target_id: string;
  state: 'cancelled' | 'partial' | 'unconfirmed';
}

async function cancelOpen(
  tx: Tx,
  which: Prisma.Sql,
  states: readonly DeliveryState[],
  reason: string,
  limit: number | null = null,
): Promise<number> {
  const client = openTx(tx);
  const hasPart = (state: PartState) =>
    Prisma.sql`EXISTS (SELECT 1 FROM delivery_parts p WHERE p.delivery_id = d.id AND p.state = ${state})`;
  const ended = await client.$queryRaw<Ended[]>`
    UPDATE deliveries d SET reason = ${reason}, not_before = NULL, updated_at = now(),
      state = CASE WHEN ${hasPart('sending')} THEN 'unconfirmed' WHEN ${hasPart('sent')} THEN 'partial' ELSE 'cancelled' END
    WHERE id IN (SELECT id FROM deliveries WHERE ${which} AND state = ANY(${states}::text[]) ORDER BY id LIMIT ${limit}::int FOR UPDATE)
    RETURNING id::text, content_id, target_id::text, state`;
  const ids = ended.map((row) => row.id);
  await client.$executeRaw`
    UPDATE delivery_parts SET state = 'unconfirmed' WHERE delivery_id = ANY(${ids}::uuid[]) AND state = 'sending'`;
  await endSendTasks(tx, ids);
  await Events.append(
    tx,
    ended.map((row) => ({
      type: eventOf(row.state),
      contentId: row.content_id,
      targetId: row.target_id,
      deliveryId: row.id,
      payload: { reason },
    })),
  );
  return ended.length;
}
