import {
  Conflict,
  NotFound,
  taskNames,
  tasks as catalog,
  type AnyNewTask,
  type BulkReplay,
  type DeadLetterGroup,
  type DeadLetterListQuery,
  type DeadLetterView,
  type Page,
  type TaskName,
  type Tx,
} from '@vaultstream/contracts';
import { namesOf } from '../contents/content-names.ts';
import type { Database } from '../database/database.ts';
import { decodeCursor, encodeCursor, olderThan, toPage } from '../database/page.ts';
import { openTx } from '../database/tx.ts';
import { Events } from '../events/events.ts';
import { type DeadLetter, type Prisma, type PrismaClient } from '../generated/client.ts';
import { appendTasks } from './append-tasks.ts';
import { toDeadLetterView } from './dead-letter-view.ts';

type Filter = Pick<DeadLetterListQuery, 'fingerprint' | 'task' | 'error_type' | 'content_id'>;

/** The answer to a replay: `created` is false when it had been replayed already, or when the same work lives in the log. */
export interface Replay {
  taskId: string;
  created: boolean;
}

/** The dead-letter list. Replayed ones leave it but stay as rows. */
export class DeadLetters {
  constructor(private readonly db: Database) {}

  /** Newest first. @throws InvalidInput for a cursor of another list. */
  async list(query: Filter & { limit: number; cursor?: string | undefined }): Promise<Page<DeadLetterView>> {
    const after = query.cursor === undefined ? null : decodeCursor('dead-letters', ['time', 'uuid'], query.cursor);
    const rows = await this.db.reading(async (client) =>
      client.deadLetter.findMany({
        where: { ...(await where(client, query)), ...olderThan(after) },
        orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
        take: query.limit + 1,
      }),
    );
    return toPage(rows, query.limit, toDeadLetterView, (row) => encodeCursor('dead-letters', [row.createdAt, row.id]));
  }

  /** What fails in the same way, the most frequent first. */
  async groups(query: Filter & { limit: number }): Promise<DeadLetterGroup[]> {
    const groups = await this.db.reading(async (client) =>
      client.deadLetter.groupBy({
        by: ['fingerprint', 'name', 'errorType'],
        where: await where(client, query),
        _count: true,
        _min: { createdAt: true },
        _max: { createdAt: true, error: true },
        orderBy: [{ _count: { fingerprint: 'desc' } }, { fingerprint: 'asc' }],
        take: query.limit,
      }),
    );
    return groups.map((group) => ({
      fingerprint: group.fingerprint,
      task: group.name,
      error_type: group.errorType,
      error: group._max.error ?? '',
      count: group._count,
      first_at: (group._min.createdAt ?? new Date(0)).toISOString(),
      last_at: (group._max.createdAt ?? new Date(0)).toISOString(),
    }));
  }

  /** @throws NotFound */
  async get(id: string): Promise<DeadLetterView> {
    const row = await this.db.reading((client) => client.deadLetter.findUnique({ where: { id } }));
    if (row === null) throw new NotFound('there is no such dead letter');
    return toDeadLetterView(row);
  }

  /**
   * Appends the task anew, once: however often and however simultaneously this is called, one task comes of it.
   * @throws NotFound, or Conflict when this release does not know the task or its payload.
   */
  async replay(id: string, delayMs = 0): Promise<Replay> {
    return this.db.transact((tx) => this.replayIn(tx, id, delayMs));
  }

  /** Replays the oldest that fit. Answers how many there were and how many tasks came of it. */
  async replayMany(query: BulkReplay): Promise<{ matched: number; queued: number }> {
    const rows = await this.db.reading(async (client) =>
      client.deadLetter.findMany({
        where: { ...(await where(client, query)), name: { in: query.task === undefined ? taskNames : [query.task] } },
        select: { id: true },
        orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
        take: query.limit,
      }),
    );
    const stepMs = query.per_minute === undefined ? 0 : 60_000 / query.per_minute;
    let queued = 0;
    for (const { id } of rows) if (await this.tryReplay(id, queued * stepMs)) queued++;
    return { matched: rows.length, queued };
  }

  /** @throws NotFound */
  async delete(id: string): Promise<void> {
    const { count } = await this.db.reading((client) => client.deadLetter.deleteMany({ where: { id } }));
    if (count === 0) throw new NotFound('there is no such dead letter');
  }

  /** False when nothing came of it: replayed or deleted by somebody else, or of another release. */
  private async tryReplay(id: string, delayMs: number): Promise<boolean> {
    try {
      return (await this.replay(id, delayMs)).created;
    } catch (error) {
      if (error instanceof NotFound || error instanceof Conflict) return false;
      throw error;
    }
  }

  private async replayIn(tx: Tx, id: string, delayMs: number): Promise<Replay> {
    const client = openTx(tx);
    await client.$queryRaw`SELECT 1 AS locked FROM dead_letters WHERE id = ${id}::uuid FOR UPDATE`;
    const row = await client.deadLetter.findUnique({ where: { id } });
    if (row === null) throw new NotFound('there is no such dead letter');
    if (row.replayedTaskId !== null) return { taskId: row.replayedTaskId, created: false };
    const [ref] = await appendTasks(client, [toTask(row, delayMs)]);
    if (ref === undefined) throw new Error('a task was appended and not answered');
    await client.$executeRaw`
      UPDATE dead_letters SET replayed_at = clock_timestamp(), replayed_task_id = ${ref.id}::uuid WHERE id = ${id}::uuid`;
    await Events.append(tx, [
      {
        type: 'task.replayed',
        contentId: row.contentId,
        targetId: row.targetId,
        payload: { task: row.name, dead_letter_id: id, task_id: ref.id },
      },
    ]);
    return { taskId: ref.id, created: ref.created };
  }
}

/** A merged content stands for its survivor, and the survivor for what was merged into it. */
async function where(client: PrismaClient, filter: Filter): Promise<Prisma.DeadLetterWhereInput> {
  const { fingerprint, task, error_type, content_id } = filter;
  const contentId = content_id === undefined ? undefined : { in: await namesOf(client, content_id) };
  return { replayedAt: null, fingerprint, name: task, errorType: error_type, contentId };
}

/** @throws Conflict when this release does not know the task or its payload. */
function toTask(row: DeadLetter, delayMs: number): AnyNewTask {
  const known = taskNames.find((name): name is TaskName => name === row.name);
  if (known === undefined || !catalog[known].payload.safeParse(row.payload).success)
    throw new Conflict(`this release does not know the task "${row.name}" in this form`);
  return {
    name: known,
    payload: row.payload,
    priority: row.priority,
    delayMs,
    ...(row.dedupeKey === null ? {} : { dedupeKey: row.dedupeKey }),
    trace: { request_id: row.requestId, traceparent: row.traceparent },
  } as AnyNewTask;
}
