import type { TargetSettings, Tx } from '@vaultstream/contracts';
import { openTx } from '../database/tx.ts';
import type { DeliveryRecord } from './delivery-record.ts';
import { sendableStates } from './states.ts';
import { lockDelivery, move } from './transition.ts';

/** A row that may be sent, and where to. */
export interface Admitted {
  delivery: DeliveryRecord;
  target: { id: string; key: string; kind: string; settings: TargetSettings };
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
  if (delivery.state === 'held' && delivery.reason !== 'limits') return null;
  const client = openTx(tx);
  const content = await client.content.findUniqueOrThrow({
    where: { id: delivery.contentId },
    select: { status: true, archiveStatus: true, deletedAt: true, mergedInto: true },
  });
  const target = await client.target.findUniqueOrThrow({
    where: { id: delivery.targetId },
    select: { id: true, key: true, kind: true, settings: true, enabled: true, deletedAt: true },
  });
  // What is in doubt is not cancelled or blocked away: the claim says what it has become.
  if (delivery.state !== 'sending') {
    const gone = content.deletedAt !== null || content.mergedInto !== null ? 'content_deleted' : null;
    const reason = gone ?? (target.deletedAt === null ? null : 'target_deleted');
    if (reason !== null) {
      await move(tx, delivery, { state: 'cancelled', reason });
      return null;
    }
    if (!target.enabled) {
      await move(tx, delivery, { state: 'blocked', reason: 'target_disabled' });
      return null;
    }
  }
  return {
    delivery,
    target: { id: target.id, key: target.key, kind: target.kind, settings: target.settings as TargetSettings },
    hasParts: (await client.deliveryPart.count({ where: { deliveryId: id } })) > 0,
    contentUnsettled: ['UNPROCESSED', 'PROCESSING'].includes(content.status) || content.archiveStatus === 'pending',
  };
}
