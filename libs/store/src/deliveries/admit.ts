import type { TargetSettings, Tx } from '@vaultstream/contracts';
import { openTx } from '../database/tx.ts';
import type { DeliveryRecord } from './delivery-record.ts';
import { buryDelivery } from './end-part.ts';
import { ownerGone, sendableStates, waitingReasons } from './states.ts';
import { lockDelivery, move } from './transition.ts';

/** A row that may be sent, and where to. */
export interface Admitted {
  delivery: DeliveryRecord;
  target: { id: string; key: string; kind: string; botConfigId: string | null; settings: TargetSettings };
  /** Its messages are planned: the content is not looked at again. */
  hasParts: boolean;
  /** The content is being read anew, or its pictures have not settled: wait before planning messages of it. */
  contentUnsettled: boolean;
}

/**
 * Looks whether a row may still be sent. Cancels it when its content or target is gone, blocks it when its target is disabled.
 * Null when there is nothing to do.
 */
export async function admitDelivery(tx: Tx, id: string): Promise<Admitted | null> {
  const delivery = await lockDelivery(tx, id);
  if (!delivery || !sendableStates.includes(delivery.state)) return null;
  if (delivery.state === 'held' && !waitingReasons.includes(delivery.reason)) return null;
  const client = openTx(tx);
  const content = await client.content.findUniqueOrThrow({
    where: { id: delivery.contentId },
    select: { status: true, archiveStatus: true, deletedAt: true, mergedInto: true },
  });
  const target = await client.target.findUniqueOrThrow({
    where: { id: delivery.targetId },
    select: { id: true, key: true, kind: true, botConfigId: true, settings: true, enabled: true, deletedAt: true },
  });
  if (content.deletedAt !== null || content.mergedInto !== null)
    return end(tx, delivery, 'cancelled', ownerGone.content);
  if (target.deletedAt !== null) return end(tx, delivery, 'cancelled', ownerGone.target);
  if (!target.enabled) return end(tx, delivery, 'blocked', 'target_disabled');
  const { enabled: _, deletedAt: __, settings, ...where } = target;
  return {
    delivery,
    target: { ...where, settings: settings as TargetSettings },
    hasParts: (await client.deliveryPart.count({ where: { deliveryId: id } })) > 0,
    contentUnsettled: ['UNPROCESSED', 'PROCESSING'].includes(content.status) || content.archiveStatus === 'pending',
  };
}

/** What has left, or may have, is not cancelled or blocked away: such a row says what has become of it. */
async function end(tx: Tx, delivery: DeliveryRecord, state: 'cancelled' | 'blocked', reason: string): Promise<null> {
  if (delivery.state === 'sending' || delivery.state === 'partial')
    await buryDelivery(tx, delivery.id, { type: 'Interrupted', message: `Not sent to its end: ${reason}.` });
  else await move(tx, delivery, { state, reason });
  return null;
}
