import type { Tx } from '@vaultstream/contracts';
import { openTx } from '../database/tx.ts';

/** The dedupe key of the task that sends a row: at most one of them lives. */
export function sendTaskKey(deliveryId: string): string {
  return `delivery.send:${deliveryId}`;
}

/** Ends the send tasks of rows that the transaction has locked and that are not `sending`; a running one has lost its fence. */
export async function endSendTasks(tx: Tx, deliveryIds: readonly string[]): Promise<void> {
  const keys = deliveryIds.map(sendTaskKey);
  await openTx(tx).$executeRaw`DELETE FROM tasks WHERE dedupe_key = ANY(${keys})`;
}
