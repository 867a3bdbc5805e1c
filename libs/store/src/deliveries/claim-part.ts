import type { Tx } from '@vaultstream/contracts';
import { v7 as uuid } from 'uuid';
import { cleanText } from '../contents/clean-text.ts';
import { toJson } from '../database/json.ts';
import { openTx } from '../database/tx.ts';
import type { DeliveryRecord, PartRecord, PartRef } from './delivery-record.ts';
import { sendableStates } from './states.ts';
import { lockDelivery, move } from './transition.ts';

/** A message that is to be sent now. */
export interface ClaimedPart {
  outcome: 'send';
  part: PartRecord;
  ref: PartRef;
  /** An earlier call may have taken effect, and its outcome was never seen. */
  inDoubt: boolean;
  /** No other message of the row is left. */
  last: boolean;
}

/** What to do about the next message of a row. */
export type PartClaim =
  | ClaimedPart
  /** An earlier call may have taken effect and must not be repeated: the row is `unconfirmed` now. */
  | { outcome: 'unconfirmed' }
  /** All messages are sent, or somebody has decided otherwise meanwhile. */
  | { outcome: 'nothing' };

/**
 * Keeps the planned messages of a row, unless it has some: a retry sends the same bytes under the same ids. Keeps none when the row has
 * moved to another content since they were planned.
 * @param row As it was then.
 */
export async function storeParts(
  tx: Tx,
  { id: deliveryId, contentId }: Pick<DeliveryRecord, 'id' | 'contentId'>,
  payloads: readonly unknown[],
): Promise<void> {
  const row = await lockDelivery(tx, deliveryId);
  if (row?.contentId !== contentId) return;
  const client = openTx(tx);
  if ((await client.deliveryPart.count({ where: { deliveryId } })) > 0) return;
  await client.deliveryPart.createMany({
    data: payloads.map((payload, position) => ({ id: uuid(), deliveryId, position, payload: toJson(payload) })),
  });
}

/** The first message of a row that is not sent yet, or null. */
export async function nextPart(tx: Tx, deliveryId: string): Promise<PartRecord | null> {
  const part = await openTx(tx).deliveryPart.findFirst({
    where: { deliveryId, state: { not: 'sent' } },
    orderBy: { position: 'asc' },
  });
  return part as PartRecord | null;
}

/**
 * Claims the next unsent message. Commit it before the call leaves: a message that is found `sending` at the next claim may
 * have been sent.
 * @param mayResend The target knows repeated messages by their id, or its owner prefers twice to never.
 */
export async function claimPart(tx: Tx, deliveryId: string, mayResend: boolean): Promise<PartClaim> {
  const client = openTx(tx);
  const delivery = await lockDelivery(tx, deliveryId);
  if (!delivery || !sendableStates.includes(delivery.state)) return { outcome: 'nothing' };
  const part = await nextPart(tx, deliveryId);
  if (!part) return { outcome: 'nothing' };
  const inDoubt = part.state === 'sending' || part.state === 'unconfirmed';
  if (inDoubt && !mayResend) {
    await markUnconfirmed(tx, delivery, part.id, null);
    return { outcome: 'unconfirmed' };
  }
  await client.deliveryPart.update({
    where: { id: part.id },
    data: { state: 'sending', attempts: { increment: 1 }, claimedAt: new Date() },
  });
  const left = await client.deliveryPart.count({ where: { deliveryId, state: { not: 'sent' } } });
  const columns = { attempts: { increment: 1 } };
  await move(tx, delivery, { state: 'sending', columns, payload: { position: part.position, again: inDoubt } });
  const ref = { deliveryId, partId: part.id, claim: part.attempts + 1 };
  return { outcome: 'send', part, ref, inDoubt, last: left === 1 };
}

const interrupted = {
  type: 'Interrupted',
  message: 'The call was interrupted: it may or may not have reached the target.',
};

/** Says that nobody knows whether a message of a locked row has been sent. */
export async function markUnconfirmed(
  tx: Tx,
  delivery: DeliveryRecord,
  partId: string,
  error: { type: string; message: string } | null,
): Promise<void> {
  const { type, message } = error ?? interrupted;
  await openTx(tx).deliveryPart.update({ where: { id: partId }, data: { state: 'unconfirmed' } });
  await move(tx, delivery, {
    state: 'unconfirmed',
    payload: { error_type: type },
    columns: { lastErrorType: cleanText(type), lastError: cleanText(message) },
  });
}
