import type { TaskLog, Tx } from '@vaultstream/contracts';
import { isDamaged } from '../blobs/damage.ts';
import { openTx } from '../database/tx.ts';
import { Events } from '../events/events.ts';
import { Prisma } from '../generated/client.ts';
import type { ContentRow } from './content-row.ts';
import { appendArchiving } from './parse-media.ts';

/** Of a row of `contents c`: a picture of it is stored and damaged. For a statement that is made anyway: damage is rare. */
export const showsDamage = Prisma.sql`EXISTS (
  SELECT 1 FROM media m WHERE m.content_id = c.id AND m.status = 'stored' AND ${isDamaged(Prisma.sql`m.blob_sha256`)})`;

/**
 * Has the pictures of a locked PULLED content fetched again whose stored bytes are damaged. They stay `stored`, with what is there, until
 * right bytes have come; so nothing settles or is planned anew. Answers how many.
 */
export async function requeueDamaged(
  tx: Tx,
  log: TaskLog,
  row: Pick<ContentRow, 'id' | 'parseGeneration' | 'priority'>,
): Promise<number> {
  const damaged = await openTx(tx).$queryRaw<{ id: string }[]>`
    SELECT m.id FROM media m
    WHERE m.content_id = ${row.id} AND m.parse_generation = ${row.parseGeneration} AND m.kind = 'image' AND m.status = 'stored'
      AND ${isDamaged(Prisma.sql`m.blob_sha256`)}
    ORDER BY m.id`;
  if (damaged.length === 0) return 0;
  const mediaIds = damaged.map(({ id }) => id);
  await appendArchiving(tx, log, row, mediaIds);
  const payload = { media_ids: mediaIds, reason: 'damaged' };
  await Events.append(tx, [{ type: 'media.requeued', contentId: row.id, payload }]);
  return damaged.length;
}
