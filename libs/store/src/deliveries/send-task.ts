import type { Tx } from '@vaultstream/contracts';
import { openTx } from '../database/tx.ts';

/** The dedupe key of the task that sends a row: at most one of them lives. */
export function sendTaskKey(deliveryId: string): string {
  return `delivery.send:${deliveryId}`;
}

/**
 * Locks the send tasks of some rows, before the rows themselves: a running task takes its locks in this order too.
 * Locked tasks are neither claimed nor committed until this transaction ends.
 */
export async function lockSendTasks(tx: Tx, deliveryIds: readonly string[]): Promise<void> {
  const keys = deliveryIds.map(sendTaskKey);
  await openTx(tx).$queryRaw`SELECT 1 FROM tasks WHERE dedupe_key = ANY(${keys}) ORDER BY id FOR UPDATE`;
}

/** Ends the send tasks of rows that are locked and not `sending`; a running one finds that it has lost its fence. */
export async function endSendTasks(tx: Tx, deliveryIds: readonly string[]): Promise<void> {
  const keys = deliveryIds.map(sendTaskKey);
  await openTx(tx).$executeRaw`DELETE FROM tasks WHERE dedupe_key = ANY(${keys})`;
}
