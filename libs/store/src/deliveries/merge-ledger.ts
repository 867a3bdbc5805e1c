import type { Tx } from '@vaultstream/contracts';
import { openTx } from '../database/tx.ts';
import { cancelForContent } from './cancel-open.ts';
import { effectiveStates } from './states.ts';

/**
 * Hands the ledger of a content that is being merged over to its survivor, so that nothing is pushed twice: what has reached a
 * target, or may have, replaces the survivor's row where that one has not. What was only planned is cancelled: the survivor's own
 * plan decides. The caller holds both contents' locks.
 */
export async function mergeLedger(tx: Tx, loserId: number, survivorId: number): Promise<void> {
  const client = openTx(tx);
  await cancelForContent(tx, loserId);
  const moving = await client.$queryRaw<{ id: string; rival: string | null }[]>`
    SELECT d.id::text, r.id::text AS rival FROM deliveries d
    LEFT JOIN deliveries r ON r.content_id = ${survivorId}::int AND r.target_id = d.target_id
    WHERE d.content_id = ${loserId}::int AND d.state = ANY(${effectiveStates}::text[])
      AND (r.id IS NULL OR NOT r.state = ANY(${effectiveStates}::text[]))
    FOR UPDATE OF d`;
  const rivals = moving.flatMap((row) => (row.rival === null ? [] : [row.rival]));
  await client.delivery.deleteMany({ where: { id: { in: rivals } } });
  await client.delivery.updateMany({
    where: { id: { in: moving.map((row) => row.id) } },
    data: { contentId: survivorId, updatedAt: new Date() },
  });
}
