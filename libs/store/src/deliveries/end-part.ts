import type { Tx } from '@vaultstream/contracts';
import { cleanOrNull, cleanText } from '../contents/clean-text.ts';
import { toJson } from '../database/json.ts';
import { openTx } from '../database/tx.ts';
import { Prisma } from '../generated/client.ts';
import { markUnconfirmed } from './claim-part.ts';
import type { PartRef } from './delivery-record.ts';
import { heldReasons, resendReason, sendableStates } from './states.ts';
import { lockDelivery, move } from './transition.ts';

/** Why a call failed, in words that may be shown. */
export interface PartError {
  type: string;
  message: string;
}

/** What the target answered. */
export interface PartReceipt {
  messageId: string | null;
  detail: Record<string, unknown>;
}

/**
 * The message is there. The row is `sent` once all of its messages are. A receipt is a fact, whoever holds the task by now: it counts
 * unless the message was claimed again or resolved as not sent meanwhile.
 */
export async function recordReceipt(
  tx: Tx,
  { deliveryId, partId, claim }: PartRef,
  receipt: PartReceipt,
): Promise<void> {
  const client = openTx(tx);
  const delivery = await lockDelivery(tx, deliveryId);
  if (!delivery) return;
  const sentAt = new Date();
  const { count } = await client.deliveryPart.updateMany({
    where: { id: partId, attempts: claim, state: { in: ['sending', 'unconfirmed', 'sent'] } },
    data: {
      state: 'sent',
      messageId: cleanOrNull(receipt.messageId),
      receipt: toJson(receipt.detail),
      payload: Prisma.DbNull,
      sentAt,
    },
  });
  const left = await client.deliveryPart.count({ where: { deliveryId, state: { not: 'sent' } } });
  // `sent` already: a bot has marked it as pushed meanwhile.
  if (count === 0 || left > 0 || delivery.state === 'sent') return;
  await move(tx, delivery, { state: 'sent', columns: { sentAt, lastError: null, lastErrorType: null } });
}

/** How a call that failed is followed up. */
export interface FollowUp {
  /** Milliseconds until the next one, shown as `not_before`; null when nobody can tell, or none follows. */
  retryInMs?: number | null;
  /** False gives the try back: the call was only put off. */
  spent?: boolean;
  /** The target has asked for the wait: the row is `held` for it. */
  asked?: boolean;
}

/**
 * The call failed, and the message may be sent again.
 * @param inDoubt This call, or an earlier one of the same message, may have had an effect; the doubt stays until a receipt ends it.
 */
export async function releasePart(
  tx: Tx,
  ref: PartRef,
  error: PartError,
  inDoubt: boolean,
  { retryInMs = null, spent = true, asked = false }: FollowUp = {},
): Promise<void> {
  const delivery = await lockDelivery(tx, ref.deliveryId);
  if (delivery?.state !== 'sending') return;
  const columns = {
    ...errorColumns(error),
    notBefore: retryInMs === null ? null : new Date(Date.now() + retryInMs),
    ...(spent ? {} : { attempts: { decrement: 1 } }),
  };
  if (inDoubt) {
    const data = { ...columns, reason: resendReason, updatedAt: new Date() };
    await openTx(tx).delivery.update({ where: { id: delivery.id }, data });
    return;
  }
  await openTx(tx).deliveryPart.update({ where: { id: ref.partId }, data: { state: 'planned' } });
  await move(tx, delivery, {
    ...(asked ? { state: 'held', reason: heldReasons.paused } : { state: 'planned', event: 'delivery.requeued' }),
    columns,
    payload: { error_type: error.type },
  });
}

/** Nobody knows whether the call had an effect, and it must not be repeated: a person decides. */
export async function leaveUnconfirmed(tx: Tx, ref: PartRef, error: PartError): Promise<void> {
  const delivery = await lockDelivery(tx, ref.deliveryId);
  if (delivery?.state !== 'sending') return;
  await markUnconfirmed(tx, delivery, ref.partId, error);
}

/** No try is left: `unconfirmed` when one of them may have had an effect, `partial` when some messages are there, else `failed`. */
export async function buryDelivery(tx: Tx, deliveryId: string, error: PartError): Promise<void> {
  const client = openTx(tx);
  const delivery = await lockDelivery(tx, deliveryId);
  if (!delivery || !sendableStates.includes(delivery.state)) return;
  const parts = await client.deliveryPart.findMany({ where: { deliveryId }, select: { id: true, state: true } });
  const doubtful = parts.find((part) => part.state === 'sending' || part.state === 'unconfirmed');
  if (doubtful) return markUnconfirmed(tx, delivery, doubtful.id, error);
  await client.deliveryPart.updateMany({ where: { deliveryId, state: 'planned' }, data: { state: 'failed' } });
  await move(tx, delivery, {
    state: parts.some((part) => part.state === 'sent') ? 'partial' : 'failed',
    columns: errorColumns(error),
    payload: { error_type: error.type },
  });
}

/** What Postgres can keep of it: this must not fail, or a task dies without a word in the ledger. */
function errorColumns({ type, message }: PartError) {
  return { lastError: cleanText(message), lastErrorType: cleanText(type) };
}
