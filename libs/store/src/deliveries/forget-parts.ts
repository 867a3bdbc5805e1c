import type { Tx } from '@vaultstream/contracts';
import { openTx } from '../database/tx.ts';

/** Drops the messages of rows that begin anew: they say what the content was once. Only for rows of which nothing can have left. */
export async function dropParts(tx: Tx, deliveryIds: readonly string[]): Promise<void> {
  if (deliveryIds.length === 0) return;
  await openTx(tx).$executeRaw`DELETE FROM delivery_parts WHERE delivery_id = ANY(${[...deliveryIds]}::uuid[])`;
}

/** Drops the messages of those rows of which nothing has left, nor may have: they are written anew. */
export async function dropUnbegun(tx: Tx, deliveryIds: readonly string[]): Promise<void> {
  if (deliveryIds.length === 0) return;
  await openTx(tx).$executeRaw`
    DELETE FROM delivery_parts WHERE delivery_id = ANY(${[...deliveryIds]}::uuid[]) AND NOT EXISTS (
      SELECT 1 FROM delivery_parts p
      WHERE p.delivery_id = delivery_parts.delivery_id AND p.state IN ('sending', 'sent', 'unconfirmed'))`;
}

/**
 * Takes the texts of contents out of the ledger. Messages of rows of which nothing has left go, so that a retry writes new ones. The
 * others stay, for what they say about sending, without what was to be sent; those that were not sent cannot be sent any more.
 */
export async function forgetParts(tx: Tx, contentIds: readonly number[]): Promise<void> {
  const client = openTx(tx);
  const ids = [...contentIds];
  await client.$executeRaw`
    DELETE FROM delivery_parts WHERE delivery_id IN (
      SELECT d.id FROM deliveries d WHERE d.content_id = ANY(${ids}::int[]) AND NOT EXISTS (
        SELECT 1 FROM delivery_parts p WHERE p.delivery_id = d.id AND p.state IN ('sending', 'sent', 'unconfirmed')))`;
  await client.$executeRaw`
    UPDATE delivery_parts SET payload = NULL
    WHERE payload IS NOT NULL AND delivery_id IN (SELECT id FROM deliveries WHERE content_id = ANY(${ids}::int[]))`;
}
