import { Conflict, NotFound, type BulkDiscard, type BulkDiscardAnswer, type Tx } from '@vaultstream/contracts';
import type { Database } from '../../database/database.ts';
import { openTx } from '../../database/tx.ts';
import { Events } from '../../events/events.ts';
import { Prisma } from '../../generated/client.ts';
import { countLetters, isOpen, whereLetters } from './letter-filter.ts';

/** Letters of one transaction. */
const batchSize = 1_000;

/** Who gives letters up, and why. */
export interface Discarder {
  /** Name of the token; null for retention. */
  by: string | null;
  note: string | null;
}

interface DiscardedRow {
  id: string;
  name: string;
  contentId: number | null;
  targetId: string | null;
}

/** Gives one letter up. Repeatable. @throws NotFound; Conflict for one that was replayed. */
export async function discardLetter(tx: Tx, id: string, discarder: Discarder): Promise<void> {
  const client = openTx(tx);
  await client.$queryRaw`SELECT 1 AS locked FROM dead_letters WHERE id = ${id}::uuid FOR UPDATE`;
  const row = await client.deadLetter.findUnique({ where: { id }, select: { replayedAt: true } });
  if (row === null) throw new NotFound('there is no such dead letter');
  if (row.replayedAt !== null) throw new Conflict('this dead letter was replayed: its work is under way or done');
  await discardOpen(tx, Prisma.sql`l.id = ${id}::uuid`, 1, discarder);
}

/** Gives up the oldest open letters that fit. */
export async function discardLetters(
  db: Database,
  query: Omit<BulkDiscard, 'note'>,
  discarder: Discarder,
): Promise<BulkDiscardAnswer> {
  const where = await db.reading((client) => whereLetters(client, query));
  let discarded = 0;
  while (discarded < query.limit) {
    const size = Math.min(batchSize, query.limit - discarded);
    const taken = await db.transact((tx) => discardOpen(tx, where, size, discarder));
    discarded += taken;
    if (taken < size) break;
  }
  return { discarded, left: await db.reading((client) => countLetters(client, where)) };
}

/** Gives up to `limit` open letters up, the oldest first, each with its event. Answers how many. */
export async function discardOpen(tx: Tx, where: Prisma.Sql, limit: number, { by, note }: Discarder): Promise<number> {
  const rows = await openTx(tx).$queryRaw<DiscardedRow[]>`
    UPDATE dead_letters d SET discarded_at = clock_timestamp(), closed_by = ${by}, note = ${note}
    FROM (SELECT l.id FROM dead_letters l WHERE ${where} AND ${isOpen}
          ORDER BY l.created_at, l.id LIMIT ${limit}::int FOR UPDATE OF l SKIP LOCKED) AS picked
    WHERE d.id = picked.id
    RETURNING d.id::text, d.name, d.content_id AS "contentId", d.target_id::text AS "targetId"`;
  await Events.append(
    tx,
    rows.map(({ id, name, contentId, targetId }) => ({
      type: 'task.discarded',
      contentId,
      targetId,
      payload: { task: name, dead_letter_id: id, by, ...(note === null ? {} : { note }) },
    })),
  );
  return rows.length;
}
