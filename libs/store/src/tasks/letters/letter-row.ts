import type { DeadLetterReason, DeadLetterState, DeadLetterView } from '@vaultstream/contracts';
import { Prisma } from '../../generated/client.ts';

/** A dead letter `l` as the workbench reads it, with the platform of its content `c`. */
export interface LetterRow {
  id: string;
  taskId: string;
  name: string;
  queue: string;
  payload: unknown;
  priority: number;
  dedupeKey: string | null;
  contentId: number | null;
  targetId: string | null;
  platform: string | null;
  reason: string;
  errorType: string;
  error: string;
  detail: unknown;
  attempts: number;
  fingerprint: string;
  requestId: string | null;
  traceparent: string | null;
  replayedAt: Date | null;
  replayedTaskId: string | null;
  replayId: string | null;
  discardedAt: Date | null;
  closedBy: string | null;
  note: string | null;
  createdAt: Date;
}

/** Columns of a `LetterRow`. */
export const letterColumns = Prisma.sql`
  l.id::text, l.task_id::text AS "taskId", l.name, l.queue, l.payload, l.priority, l.dedupe_key AS "dedupeKey",
  l.content_id AS "contentId", l.target_id::text AS "targetId", c.platform, l.reason, l.error_type AS "errorType", l.error, l.detail,
  l.attempts, l.fingerprint, l.request_id AS "requestId", l.traceparent, l.replayed_at AS "replayedAt",
  l.replayed_task_id::text AS "replayedTaskId", l.replay_id::text AS "replayId", l.discarded_at AS "discardedAt",
  l.closed_by AS "closedBy", l.note, l.created_at AS "createdAt"`;

/** Where they come from. */
export const letterTables = Prisma.sql`dead_letters l LEFT JOIN contents c ON c.id = l.content_id`;

/** One that was discarded and then replayed is replayed. */
export function stateOf({ replayedAt, discardedAt }: Pick<LetterRow, 'replayedAt' | 'discardedAt'>): DeadLetterState {
  if (replayedAt !== null) return 'replayed';
  return discardedAt === null ? 'open' : 'discarded';
}

/** A dead letter as lists show it. The payload stays here. */
export function toLetterView(row: LetterRow): DeadLetterView {
  const closedAt = row.replayedAt ?? row.discardedAt;
  return {
    id: row.id,
    task: row.name,
    queue: row.queue,
    content_id: row.contentId,
    target_id: row.targetId,
    platform: row.platform,
    reason: row.reason as DeadLetterReason,
    error_type: row.errorType,
    error: row.error,
    detail: row.detail as DeadLetterView['detail'],
    attempts: row.attempts,
    trace_id: row.traceparent?.split('-')[1] ?? null,
    request_id: row.requestId,
    fingerprint: row.fingerprint,
    state: stateOf(row),
    closed: closedAt && {
      at: closedAt.toISOString(),
      by: row.closedBy,
      note: row.note,
      task_id: row.replayedTaskId,
      replay_id: row.replayId,
    },
    created_at: row.createdAt.toISOString(),
  };
}
