import type { NewEvent, Tx } from '@vaultstream/contracts';
import { openTx } from '../database/tx.ts';
import { Events } from '../events/events.ts';
import { Prisma } from '../generated/client.ts';
import type { BlobRecord } from './blob-row.ts';

/** What is wrong with stored bytes: others are there, fewer or more of them, or none. */
export type DamageReason = 'altered' | 'size' | 'missing';

/** Contents that are told of one blob at most. */
const maxTold = 100;

/**
 * live or condemned -> damaged: from now on the bytes count as not there, so that whoever stores them again writes them again. Contents
 * that show them get an event.
 * @param blob As it was read before its bytes were.
 * @returns False when somebody has claimed, stored or collected it since: what was read says nothing about what is there now.
 */
export async function markBlobDamaged(
  tx: Tx,
  { sha256, touchedAt }: Pick<BlobRecord, 'sha256' | 'touchedAt'>,
  reason: DamageReason,
): Promise<boolean> {
  const marked = await openTx(tx).$executeRaw`
    UPDATE blobs SET state = 'damaged', condemned_at = NULL, touched_at = now()
    WHERE sha256 = ${sha256} AND state IN ('live', 'condemned') AND touched_at = ${touchedAt.toISOString()}::timestamptz`;
  if (marked > 0) await tell(tx, sha256, 'blob.damaged', { reason });
  return marked > 0;
}

/** damaged -> live: the right bytes were written again, or found in place. False when it was not (or no longer) damaged. */
export async function markBlobRepaired(tx: Tx, sha256: string): Promise<boolean> {
  const marked = await openTx(tx).$executeRaw`
    UPDATE blobs SET state = 'live', touched_at = now() WHERE sha256 = ${sha256} AND state = 'damaged'`;
  if (marked > 0) await tell(tx, sha256, 'blob.repaired', {});
  return marked > 0;
}

/** Of a column that names a blob: the bytes of that are damaged. */
export const isDamaged = (column: Prisma.Sql): Prisma.Sql =>
  Prisma.sql`EXISTS (SELECT 1 FROM blobs d WHERE d.sha256 = ${column} AND d.state = 'damaged')`;

/** One event for each content that shows the blob, or what the blob was made of; one without a content when none does. */
async function tell(
  tx: Tx,
  sha256: string,
  type: 'blob.damaged' | 'blob.repaired',
  facts: Record<string, unknown>,
): Promise<void> {
  const shown = await openTx(tx).$queryRaw<{ contentId: number }[]>`
    SELECT DISTINCT m.content_id AS "contentId" FROM media m
    WHERE m.blob_sha256 IN (SELECT ${sha256} UNION SELECT original_sha256 FROM blob_variants WHERE blob_sha256 = ${sha256})
    ORDER BY 1 LIMIT ${maxTold}`;
  const payload = { sha256, ...facts };
  const events = shown.map(({ contentId }): NewEvent => ({ type, contentId, payload }));
  await Events.append(tx, events.length > 0 ? events : [{ type, payload }]);
}
