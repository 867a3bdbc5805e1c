import { NotFound, type DeadLetterDetail, type DeliveryState } from '@vaultstream/contracts';
import type { Prisma, PrismaClient } from '../../generated/client.ts';
import { letterColumns, letterTables, stateOf, toLetterView, type LetterRow } from './letter-row.ts';
import { formOf, payloadOf } from './letter-task.ts';

/** Ends of the same work that are shown, to either side. */
const historyLength = 20;

/** One letter with all that it is about. @throws NotFound */
export async function inspectLetter(client: PrismaClient, id: string): Promise<DeadLetterDetail> {
  const [row] = await client.$queryRaw<LetterRow[]>`
    SELECT ${letterColumns} FROM ${letterTables} WHERE l.id = ${id}::uuid`;
  if (row === undefined) throw new NotFound('there is no such dead letter');
  const payload = payloadOf(row);
  const delivery = await readDelivery(client, idIn(payload, 'delivery_id'));
  return {
    ...toLetterView(row),
    task_id: row.taskId,
    priority: row.priority,
    payload,
    form: formOf(row),
    content: await readContent(client, row.contentId),
    target: await readTarget(client, row.targetId),
    media: await readMedia(client, idIn(payload, 'media_id')),
    delivery,
    live_task: await readLiveTask(client, row),
    history: await readHistory(client, row),
    links: linksOf(row, delivery?.id ?? null),
  };
}

function idIn(payload: Record<string, unknown> | null, member: string): string | null {
  const id = payload?.[member];
  return typeof id === 'string' ? id : null;
}

async function readContent(client: PrismaClient, id: number | null): Promise<DeadLetterDetail['content']> {
  const row = id === null ? null : await client.content.findUnique({ where: { id } });
  return (
    row && {
      id: row.id,
      platform: row.platform,
      url: row.canonicalUrl,
      title: row.title,
      status: row.status,
      archive_status: row.archiveStatus,
      deleted: row.deletedAt !== null,
      merged_into: row.mergedInto,
    }
  );
}

async function readTarget(client: PrismaClient, id: string | null): Promise<DeadLetterDetail['target']> {
  const row = id === null ? null : await client.target.findUnique({ where: { id } });
  return (
    row && {
      id: row.id,
      key: row.key,
      kind: row.kind,
      name: row.name,
      enabled: row.enabled,
      disabled_reason: row.disabledReason,
      deleted: row.deletedAt !== null,
    }
  );
}

async function readMedia(client: PrismaClient, id: string | null): Promise<DeadLetterDetail['media']> {
  const row =
    id === null
      ? null
      : await client.media.findUnique({ where: { id }, include: { content: { select: { parseGeneration: true } } } });
  return (
    row && {
      id: row.id,
      origin_url: row.originUrl,
      status: row.status,
      current: row.parseGeneration === row.content.parseGeneration,
    }
  );
}

async function readDelivery(client: PrismaClient, id: string | null): Promise<DeadLetterDetail['delivery']> {
  const row =
    id === null
      ? null
      : await client.delivery.findUnique({ where: { id }, include: { _count: { select: { parts: true } } } });
  return row && { id: row.id, state: row.state as DeliveryState, reason: row.reason, parts: row._count.parts };
}

/** By the key of the work, or, once it was replayed, by the task that came of it. */
async function readLiveTask(client: PrismaClient, row: LetterRow): Promise<DeadLetterDetail['live_task']> {
  const either: Prisma.TaskWhereInput[] = [];
  if (row.dedupeKey !== null) either.push({ dedupeKey: row.dedupeKey });
  if (row.replayedTaskId !== null) either.push({ id: row.replayedTaskId });
  if (either.length === 0) return null;
  const task = await client.task.findFirst({ where: { OR: either } });
  return task && { id: task.id, state: task.state, failures: task.failures, run_at: task.runAt.toISOString() };
}

type RelatedRow = Pick<
  LetterRow,
  'id' | 'errorType' | 'error' | 'attempts' | 'replayedAt' | 'discardedAt' | 'createdAt'
>;

/** Follows `replayed_task_id` to `task_id` and back, as far as retention has left the letters. */
async function readHistory(client: PrismaClient, { id }: LetterRow): Promise<DeadLetterDetail['history']> {
  const rows = await client.$queryRaw<RelatedRow[]>`
    WITH RECURSIVE earlier AS (
        SELECT id, task_id, 0 AS step FROM dead_letters WHERE id = ${id}::uuid
        UNION SELECT l.id, l.task_id, e.step + 1 FROM earlier e JOIN dead_letters l ON l.replayed_task_id = e.task_id
        WHERE e.step < ${historyLength}::int),
      later AS (
        SELECT id, replayed_task_id, 0 AS step FROM dead_letters WHERE id = ${id}::uuid
        UNION SELECT l.id, l.replayed_task_id, e.step + 1 FROM later e JOIN dead_letters l ON l.task_id = e.replayed_task_id
        WHERE e.step < ${historyLength}::int)
    SELECT l.id::text, l.error_type AS "errorType", l.error, l.attempts, l.replayed_at AS "replayedAt",
      l.discarded_at AS "discardedAt", l.created_at AS "createdAt"
    FROM dead_letters l WHERE l.id IN (SELECT id FROM earlier UNION SELECT id FROM later) AND l.id <> ${id}::uuid
    ORDER BY l.created_at, l.id`;
  return rows.map((row) => ({
    id: row.id,
    error_type: row.errorType,
    error: row.error,
    attempts: row.attempts,
    state: stateOf(row),
    created_at: row.createdAt.toISOString(),
  }));
}

function linksOf({ id, contentId, targetId, fingerprint }: LetterRow, deliveryId: string | null) {
  const own = `/api/v1/dead-letters/${id}`;
  const content = `/api/v1/contents/${contentId}`;
  return {
    self: own,
    replay: `${own}/replay`,
    dry_run: `${own}/dry-run`,
    same_failure: `/api/v1/dead-letters?fingerprint=${encodeURIComponent(fingerprint)}`,
    ...(contentId !== null && { content, timeline: `${content}/timeline`, explain: `${content}/explain` }),
    ...(targetId !== null && { target: `/api/v1/targets/${targetId}` }),
    ...(deliveryId !== null && contentId !== null && { delivery: `/api/v1/deliveries?content_id=${contentId}` }),
  };
}
