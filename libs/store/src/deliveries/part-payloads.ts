import type { Tx } from '@vaultstream/contracts';
import { toJson } from '../database/json.ts';
import { openTx } from '../database/tx.ts';
import type { PartRecord } from './delivery-record.ts';
import { lockDelivery } from './transition.ts';

/** Locks a row and answers its messages that have something to send and are not sent yet, in their order. */
export async function unsentParts(tx: Tx, deliveryId: string): Promise<PartRecord[]> {
  await lockDelivery(tx, deliveryId);
  const parts = await openTx(tx).deliveryPart.findMany({
    where: { deliveryId, state: { not: 'sent' } },
    orderBy: { position: 'asc' },
  });
  return (parts as PartRecord[]).filter(({ payload }) => payload !== null);
}

/** Puts another payload in the place of that of an unsent message of a locked row: the same message with other files. */
export async function replacePayload(tx: Tx, partId: string, payload: unknown): Promise<void> {
  await openTx(tx).deliveryPart.update({ where: { id: partId }, data: { payload: toJson(payload) } });
}
