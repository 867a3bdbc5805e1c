import type { NewTask } from '@vaultstream/contracts';
import { currentTrace } from '@vaultstream/runtime';
import { sendTaskKey } from '@vaultstream/store';

/** The task that sends a row of the ledger: append it in the transaction that makes the row `planned`. */
export function sendTask(
  delivery: { id: string; contentId: number; targetId: string },
  priority?: number,
): NewTask<'delivery.send'> {
  return {
    name: 'delivery.send',
    payload: { delivery_id: delivery.id, content_id: delivery.contentId, target_id: delivery.targetId },
    dedupeKey: sendTaskKey(delivery.id),
    ...(priority === undefined ? {} : { priority }),
    trace: currentTrace(),
  };
}
