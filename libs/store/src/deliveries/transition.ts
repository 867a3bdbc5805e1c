import type { DeliveryState, EventType, Tx } from '@vaultstream/contracts';
import { openTx } from '../database/tx.ts';
import { Events } from '../events/events.ts';
import { Prisma } from '../generated/client.ts';
import type { DeliveryUncheckedUpdateInput } from '../generated/models/Delivery.ts';
import type { DeliveryRecord } from './delivery-record.ts';

const columnOf: Record<keyof DeliveryRecord, string> = {
  id: 'id',
  contentId: 'content_id',
  targetId: 'target_id',
  ruleId: 'rule_id',
  state: 'state',
  reason: 'reason',
  notBefore: 'not_before',
  approvedAt: 'approved_at',
  attempts: 'attempts',
  lastError: 'last_error',
  lastErrorType: 'last_error_type',
  sentAt: 'sent_at',
  createdAt: 'created_at',
  updatedAt: 'updated_at',
};
const columns = Prisma.raw(
  Object.entries(columnOf)
    .map(([field, column]) => `${column} AS "${field}"`)
    .join(', '),
);

/** Locks a row of the ledger until the transaction ends. Null when there is none. */
export async function lockDelivery(tx: Tx, id: string): Promise<DeliveryRecord | null> {
  const [row] = await openTx(tx).$queryRaw<DeliveryRecord[]>`
    SELECT ${columns} FROM deliveries WHERE id = ${id}::uuid FOR UPDATE`;
  return row ?? null;
}

export interface Transition {
  state: DeliveryState;
  /** Default: none. */
  reason?: string | null;
  /** Default: `delivery.<state>`. */
  event?: EventType;
  payload?: Record<string, unknown>;
  columns?: DeliveryUncheckedUpdateInput;
}

/** Moves a locked row and writes the event. The only place where a single row changes its state. */
export async function move(tx: Tx, row: DeliveryRecord, to: Transition): Promise<void> {
  const reason = to.reason ?? null;
  await openTx(tx).delivery.update({
    where: { id: row.id },
    data: { notBefore: null, ...to.columns, state: to.state, reason, updatedAt: new Date() },
  });
  await Events.append(tx, [
    {
      type: to.event ?? eventOf(to.state),
      contentId: row.contentId,
      targetId: row.targetId,
      deliveryId: row.id,
      payload: { from: row.state, ...(reason === null ? {} : { reason }), ...to.payload },
    },
  ]);
}

/** The event of a state. `deleted` has none of its own yet: nothing deletes pushed messages. */
export function eventOf(state: DeliveryState): EventType {
  if (state === 'deleted') throw new Error('no transition leads to "deleted"');
  return `delivery.${state}`;
}
