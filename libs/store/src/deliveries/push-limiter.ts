import type { Tx } from '@vaultstream/contracts';
import { openTx } from '../database/tx.ts';
import { Prisma } from '../generated/client.ts';
import type { DeliveryRecord } from './delivery-record.ts';
import { heldReasons, resendReason } from './states.ts';
import { lockDelivery, move } from './transition.ts';

/** A limit of a target, shared by all processes: never more than `count` messages in any `windowMs`, and `burst` of them at once. */
export interface RateBucket {
  key: string;
  count: number;
  windowMs: number;
  burst: number;
}

/** Milliseconds between two messages once the burst is used up, so that no window ever holds more than `count`. */
const intervalOf = ({ count, windowMs, burst }: RateBucket): number => windowMs / (count - burst + 1);
/** Places are a little further apart than the pace, so that a call that takes its time does not hold up the next one. */
const queueSpread = 1.1;
/** Milliseconds over which rows that are late together are spread at most, however long the standstill was. */
const longestSpreadMs = 30_000;

interface Cell {
  key: string;
  /** Milliseconds from now by the database's clock; negative when it lies in the past. */
  tat: number;
}

/** The queue: when the next row may stand in line. */
const limitCell = (key: string) => `push:${key}`;
/** What has really gone out: a row that comes late, as after a standstill, must not go together with those that come behind it. */
const paceCell = (key: string) => `pace:${key}`;
const pauseCell = (key: string) => `pause:${key}`;

/**
 * Takes a place in the queue of each limit (GCRA: a cell holds the theoretical arrival time of the next message) and answers how
 * long to wait for it: milliseconds, 0 for now. A row that has to wait finds its place kept (`not_before`); a pause that came up
 * meanwhile sends it to the back of the queue. A place that has come is good for going only as the pace allows: rows that are late
 * together, as after a standstill, are spread over as long as they are late.
 * @param cost Messages that the place is for; an album counts for each of its pictures, and may be more than the burst: it then waits for the
 *   whole burst, and what comes after it waits for the rest.
 */
export async function takePlace(tx: Tx, deliveryId: string, buckets: readonly RateBucket[], cost = 1): Promise<number> {
  const delivery = await lockDelivery(tx, deliveryId);
  if (!delivery || buckets.length === 0) return 0;
  const cells = await lockCells(
    tx,
    buckets.flatMap(({ key }) => [limitCell(key), paceCell(key), pauseCell(key)]),
  );
  const tatOf = (cell: string) => cells.get(cell) ?? 0;
  const room = (bucket: RateBucket) => Math.max(bucket.burst - cost, 0) * intervalOf(bucket);
  const pause = Math.max(0, ...buckets.map(({ key }) => tatOf(pauseCell(key))));
  const paced = Math.max(0, ...buckets.map((bucket) => tatOf(paceCell(bucket.key)) - room(bucket)));
  let wait: number;
  if (hasPlace(delivery) && pause <= 0) {
    const due = await dueIn(tx, deliveryId);
    if (due > 0) return due;
    wait = paced > 0 ? paced + Math.random() * Math.min(-due, longestSpreadMs) : 0;
  } else {
    const queued = buckets.map((bucket) => tatOf(limitCell(bucket.key)) - room(bucket) * queueSpread);
    wait = Math.max(pause, paced, ...queued);
    const arrivals = buckets.map((bucket) => {
      const key = limitCell(bucket.key);
      return { key, tat: Math.max(tatOf(key), wait) + cost * intervalOf(bucket) * queueSpread };
    });
    await writeCells(tx, arrivals);
  }
  if (wait > 0) await keepPlace(tx, delivery, wait);
  else await writeCells(tx, paceAfter(buckets, cost, cells));
  return wait;
}

/**
 * A call under these limits has just ended. When the other side counted it is certain only now: the pace goes on from here.
 * @param cost as in `takePlace`
 */
export async function keepPace(tx: Tx, buckets: readonly RateBucket[], cost: number): Promise<void> {
  if (buckets.length === 0) return;
  const cells = await lockCells(
    tx,
    buckets.map(({ key }) => paceCell(key)),
  );
  const least = new Map(buckets.map((bucket) => [paceCell(bucket.key), cost * intervalOf(bucket)]));
  await writeCells(
    tx,
    [...cells].map(([key, tat]) => ({ key, tat: Math.max(tat, least.get(key) ?? 0) })),
  );
}

function paceAfter(buckets: readonly RateBucket[], cost: number, cells: ReadonlyMap<string, number>): Cell[] {
  return buckets.map((bucket) => {
    const key = paceCell(bucket.key);
    return { key, tat: Math.max(cells.get(key) ?? 0, 0) + cost * intervalOf(bucket) };
  });
}

/** Whether `not_before` is a place in the queue, and not just the time of the next try. */
const hasPlace = ({ notBefore, state, reason }: DeliveryRecord): boolean =>
  notBefore !== null && state !== 'planned' && reason !== heldReasons.paused && reason !== resendReason;

/** Only a row of which nothing has left is `held`: the others keep the state that says so. */
async function keepPlace(tx: Tx, delivery: DeliveryRecord, wait: number): Promise<void> {
  if (delivery.state === 'planned' || delivery.reason === heldReasons.bot || delivery.reason === heldReasons.paused)
    await move(tx, delivery, { state: 'held', reason: heldReasons.limits });
  await openTx(tx).$executeRaw`
    UPDATE deliveries SET not_before = clock_timestamp() + ${wait}::double precision * interval '1 millisecond',
      reason = nullif(reason, ${resendReason}::text)
    WHERE id = ${delivery.id}::uuid`;
}

/** Nothing goes out under these keys for so long: the target has asked for it. A longer pause stays. */
export async function pausePushes(tx: Tx, keys: readonly string[], ms: number): Promise<void> {
  const cells = await lockCells(tx, keys.map(pauseCell));
  await writeCells(
    tx,
    [...cells].map(([key, tat]) => ({ key, tat: Math.max(tat, ms) })),
  );
}

async function dueIn(tx: Tx, deliveryId: string): Promise<number> {
  const [row] = await openTx(tx).$queryRaw<{ due: number | null }[]>`
    SELECT (extract(epoch FROM not_before - clock_timestamp()) * 1000)::double precision AS due
    FROM deliveries WHERE id = ${deliveryId}::uuid`;
  return row?.due ?? 0;
}

/**
 * Locks cells in the order of their keys, making those that are missing. While some are, others may be locked already: two first messages at the
 * same moment can end in a deadlock, of which Postgres ends one and `transact` runs it again.
 */
async function lockCells(tx: Tx, keys: readonly string[]): Promise<Map<string, number>> {
  const sorted = [...new Set(keys)].sort();
  let cells = await readCells(tx, sorted);
  if (cells.length < sorted.length) {
    const values = sorted.map((key) => Prisma.sql`(${key}, clock_timestamp())`);
    await openTx(tx)
      .$executeRaw`INSERT INTO limiter_cells (key, tat) VALUES ${Prisma.join(values)} ON CONFLICT (key) DO NOTHING`;
    cells = await readCells(tx, sorted);
  }
  return new Map(cells.map((cell) => [cell.key, cell.tat]));
}

function readCells(tx: Tx, sorted: readonly string[]): Promise<Cell[]> {
  return openTx(tx).$queryRaw<Cell[]>`
    SELECT key, (extract(epoch FROM tat - clock_timestamp()) * 1000)::double precision AS tat
    FROM limiter_cells WHERE key = ANY(${[...sorted]}) ORDER BY key FOR UPDATE`;
}

async function writeCells(tx: Tx, cells: readonly Cell[]): Promise<void> {
  for (const { key, tat } of cells)
    await openTx(tx).$executeRaw`
      UPDATE limiter_cells SET tat = clock_timestamp() + ${tat}::double precision * interval '1 millisecond' WHERE key = ${key}`;
}
