import type { DeliveryState, Tx } from '@vaultstream/contracts';
import { v7 as uuid } from 'uuid';
import { openTx } from '../database/tx.ts';
import { Events } from '../events/events.ts';
import { Prisma } from '../generated/client.ts';
import { dropParts } from './forget-parts.ts';
import { ownerGone, restoredReason } from './states.ts';
import { eventOf } from './transition.ts';

/** A row to enter into the ledger. */
export interface NewDelivery {
  contentId: number;
  targetId: string;
  ruleId: string | null;
  state: Extract<DeliveryState, 'planned' | 'held' | 'blocked' | 'unconfirmed'>;
  reason: string | null;
}

export interface EnteredDelivery {
  id: string;
  contentId: number;
  targetId: string;
  state: DeliveryState;
}

/**
 * Enters rows. A (content, target) that has a row already keeps it, whoever comes at the same time; only one that was cancelled
 * because its content or target was deleted begins anew, with new messages. Answers the rows that are new, or new again.
 */
export async function enterDeliveries(tx: Tx, rows: readonly NewDelivery[]): Promise<EnteredDelivery[]> {
  if (rows.length === 0) return [];
  // Sorted, so that two transactions that enter the same rows wait for each other in the same order.
  const sorted = [...rows].sort((a, b) => a.contentId - b.contentId || (a.targetId < b.targetId ? -1 : 1));
  const ids = sorted.map(() => uuid());
  const values = sorted.map(
    (row, index) =>
      Prisma.sql`(${ids[index]}::uuid, ${row.contentId}::int, ${row.targetId}::uuid, ${row.ruleId}::uuid, ${row.state}, ${row.reason})`,
  );
  const entered = await openTx(tx).$queryRaw<(EnteredDelivery & { ruleId: string | null; reason: string | null })[]>`
    INSERT INTO deliveries (id, content_id, target_id, rule_id, state, reason) VALUES ${Prisma.join(values)}
    ON CONFLICT (content_id, target_id) DO UPDATE SET rule_id = EXCLUDED.rule_id, state = EXCLUDED.state,
      reason = EXCLUDED.reason, not_before = NULL, approved_at = NULL, attempts = 0, last_error = NULL, last_error_type = NULL,
      updated_at = now()
      WHERE deliveries.state = 'cancelled' AND deliveries.reason = ANY(${Object.values(ownerGone)}::text[])
    RETURNING id::text, content_id AS "contentId", target_id::text AS "targetId", rule_id::text AS "ruleId", state, reason`;
  await dropParts(
    tx,
    entered.flatMap(({ id }) => (ids.includes(id) ? [] : [id])),
  );
  await Events.append(
    tx,
    entered.map((row) => ({
      type: eventOf(row.state),
      contentId: row.contentId,
      targetId: row.targetId,
      deliveryId: row.id,
      payload: { rule_id: row.ruleId, reason: row.reason },
    })),
  );
  return entered.map(({ id, contentId, targetId, state }) => ({ id, contentId, targetId, state }));
}

/**
 * The rows of a content that may have been pushed after the backup that it was restored from: what would be sent by itself waits for a person,
 * who knows what the target has got.
 */
export function asInDoubt(rows: readonly NewDelivery[]): NewDelivery[] {
  return rows.map((row) => (row.state === 'planned' ? { ...row, state: 'unconfirmed', reason: restoredReason } : row));
}

/** Which rule, or none, has entered the row of each target that this content has one for, less those that may begin anew. */
export async function enteredTargets(tx: Tx, contentId: number): Promise<Map<string, string | null>> {
  const rows = await openTx(tx).delivery.findMany({
    where: { contentId, NOT: { state: 'cancelled', reason: { in: Object.values(ownerGone) } } },
    select: { targetId: true, ruleId: true },
  });
  return new Map(rows.map((row) => [row.targetId, row.ruleId]));
}
