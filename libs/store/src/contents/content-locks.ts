import type { Tx } from '@vaultstream/contracts';
import { openTx } from '../database/tx.ts';
import { Prisma } from '../generated/client.ts';
import { contentColumns, type ContentRow } from './content-row.ts';

/**
 * Lock order of the whole store: live tasks, then contents by id, then their media and deliveries. A run holds its own task from its
 * first statement on, so whoever ends other tasks locks them before the content. Not every transaction can keep it: appending a
 * task under a key that is taken locks the live task last, and a person who decides about a delivery holds its row before its
 * task. Such a pair may meet in a deadlock; Postgres ends one of the two after a second, and `transact` runs that one again.
 */

/**
 * Another transaction was faster in a way that only a fresh look can settle. Bears the code of a serialization failure, so
 * that `UnitOfWork.transact` runs the whole transaction again.
 */
export class LostRace extends Error {
  override readonly name = 'LostRace';
  /** SQLSTATE serialization_failure. */
  readonly code = '40001';
}

/** Locks a content until the transaction ends, whatever its state. Null when there is no such row. */
export async function lockContent(tx: Tx, id: number): Promise<ContentRow | null> {
  const [row] = await lockContents(tx, [id]);
  return row ?? null;
}

/** Locks the live tasks of contents that are about to be deleted or merged: before the contents themselves. */
export async function lockTasksOf(tx: Tx, ids: readonly number[]): Promise<void> {
  await openTx(tx).$queryRaw`
    SELECT 1 FROM tasks WHERE content_id = ANY (${[...ids]}::int[]) ORDER BY dedupe_key, id FOR UPDATE`;
}

/**
 * Locks a content of which it shows only behind another one that it is wanted: its turn in the order of ids may have passed, so it is not
 * waited for. @throws LostRace when somebody else holds it, or there is none.
 */
export async function lockContentNow(tx: Tx, id: number): Promise<ContentRow> {
  const [row] = await openTx(tx).$queryRaw<ContentRow[]>`
    SELECT ${contentColumns} FROM contents c WHERE c.id = ${id} FOR UPDATE SKIP LOCKED`;
  if (!row) throw new LostRace(`content ${id} is being changed`);
  return row;
}

/** Locks contents in the order of their ids, which keeps two transactions that want the same ones from a deadlock. */
export async function lockContents(tx: Tx, ids: readonly number[]): Promise<ContentRow[]> {
  return openTx(tx).$queryRaw<ContentRow[]>`
    SELECT ${contentColumns} FROM contents c WHERE c.id IN (${Prisma.join([...ids])}) ORDER BY c.id FOR UPDATE`;
}

/**
 * Locks the content that an id stands for: itself, or the survivor it was merged into. Null when there is none or it is deleted.
 * @throws LostRace when it is merged while we wait for the lock.
 */
export async function lockLive(tx: Tx, id: number): Promise<ContentRow | null> {
  const row = await lockContent(tx, await survivorOf(tx, id));
  if (row && row.mergedInto !== null) throw new LostRace(`content ${row.id} was just merged`);
  return row === null || row.deletedAt !== null ? null : row;
}

/** The id that an id stands for, as of now: the survivor of a merged content, else itself. */
export async function survivorOf(tx: Tx, id: number): Promise<number> {
  const [target] = await openTx(tx).$queryRaw<{ id: number }[]>`
    SELECT coalesce(merged_into, id) AS id FROM contents WHERE id = ${id}`;
  return target?.id ?? id;
}
