import { type BulkReplay, type BulkReplayAnswer, type Tx } from '@vaultstream/contracts';
import { v7 as uuidv7 } from 'uuid';
import type { Database } from '../../database/database.ts';
import { openTx } from '../../database/tx.ts';
import { Events } from '../../events/events.ts';
import { Prisma } from '../../generated/client.ts';
import { appendTasks } from '../append-tasks.ts';
import { countLetters, whereLetters } from './letter-filter.ts';
import { formOf, taskOf, type TaskOfLetter } from './letter-task.ts';

/** Letters of one transaction: a few statements however many there are, far below its five seconds. */
const batchSize = 1_000;

interface PickedRow extends TaskOfLetter {
  id: string;
  contentId: number | null;
  targetId: string | null;
  createdAt: Date;
}

/** What one transaction has done. */
interface Batch {
  rows: PickedRow[];
  queued: number;
  joined: number;
}

/**
 * Replays the oldest open letters that fit, in batches. Letters that somebody else is just replaying or discarding are passed over,
 * so two who press at once share them: each is replayed once. Answers what became of all that this call took.
 * @param by Name of the token.
 */
export async function replayLetters(db: Database, query: BulkReplay, by: string | null): Promise<BulkReplayAnswer> {
  const where = await db.reading((client) => whereLetters(client, query));
  const replayId = uuidv7();
  const stepMs = query.per_minute === undefined ? 0 : 60_000 / query.per_minute;
  let [matched, queued, joined] = [0, 0, 0];
  let last: PickedRow | undefined;
  while (matched < query.limit) {
    const size = Math.min(batchSize, query.limit - matched);
    const fits = last === undefined ? where : Prisma.sql`${where} AND ${isBehind(last)}`;
    const delayMs = queued * stepMs;
    const batch = await db.transact((tx) => replayBatch(tx, { fits, size, delayMs, stepMs, replayId, by }));
    matched += batch.rows.length;
    queued += batch.queued;
    joined += batch.joined;
    last = batch.rows.at(-1);
    if (batch.rows.length < size) break;
  }
  const left = await db.reading((client) => countLetters(client, where));
  const ends_at = queued === 0 ? null : new Date(Date.now() + (queued - 1) * stepMs).toISOString();
  const replay_id = queued === 0 ? null : replayId;
  return { replay_id, matched, queued, joined, unfit: matched - queued - joined, left, ends_at };
}

const isBehind = ({ createdAt, id }: PickedRow) =>
  Prisma.sql`(l.created_at, l.id) > (${createdAt.toISOString()}::timestamptz, ${id}::uuid)`;

interface BatchOrder {
  fits: Prisma.Sql;
  size: number;
  /** Milliseconds until the first of them runs, and between two of them. */
  delayMs: number;
  stepMs: number;
  replayId: string;
  by: string | null;
}

async function replayBatch(tx: Tx, { fits, size, delayMs, stepMs, replayId, by }: BatchOrder): Promise<Batch> {
  const client = openTx(tx);
  const rows = await client.$queryRaw<PickedRow[]>`
    SELECT l.id::text, l.name, l.payload, l.priority, l.dedupe_key AS "dedupeKey", l.content_id AS "contentId",
      l.target_id::text AS "targetId", l.request_id AS "requestId", l.traceparent, l.created_at AS "createdAt"
    FROM dead_letters l WHERE ${fits} ORDER BY l.created_at, l.id LIMIT ${size}::int FOR UPDATE OF l SKIP LOCKED`;
  const fit = rows.filter((row) => formOf(row) === 'known');
  const tasks = fit.map((row, index) => taskOf(row, delayMs + index * stepMs));
  const refs = await appendTasks(client, tasks, replayId);
  const closed = fit.flatMap((row, index) => {
    const ref = refs[index];
    return ref === undefined ? [] : [{ row, ref }];
  });
  if (closed.length === 0) return { rows, queued: 0, joined: 0 };
  await client.$executeRaw`
    UPDATE dead_letters l SET replayed_at = clock_timestamp(), replayed_task_id = n.task_id, replay_id = ${replayId}::uuid, closed_by = ${by}
    FROM unnest(${closed.map(({ row }) => row.id)}::uuid[], ${closed.map(({ ref }) => ref.id)}::uuid[]) AS n(id, task_id)
    WHERE l.id = n.id`;
  await Events.append(
    tx,
    closed.map(({ row, ref }) => ({
      type: 'task.replayed',
      contentId: row.contentId,
      targetId: row.targetId,
      payload: { task: row.name, dead_letter_id: row.id, task_id: ref.id, replay_id: replayId, by },
    })),
  );
  const queued = closed.filter(({ ref }) => ref.created).length;
  return { rows, queued, joined: closed.length - queued };
}
