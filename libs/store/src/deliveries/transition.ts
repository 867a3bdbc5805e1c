import type { DeliveryState, EventType, Tx } from '@vaultstream/contracts';
import { openTx } from '../database/tx.ts';
import { Events } from '../events/events.ts';
import type { DeliveryUncheckedUpdateInput } from '../generated/models/Delivery.ts';
import type { DeliveryRecord } from './delivery-record.ts';

/** Locks a row of the ledger until the transaction ends. Null when there is none. */
export async function lockDelivery(tx: Tx, id: string): Promise<DeliveryRecord | null> {
  const client = openTx(tx);
  await client.$queryRaw`SELECT 1 FROM deliveries WHERE id = ${id}::uuid FOR UPDATE`;
  return (await client.delivery.findUnique({ where: { id } })) as DeliveryRecord | null;
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
