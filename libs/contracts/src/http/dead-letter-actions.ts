import { z } from 'zod';
import { rehearsalSchema } from '../task-rehearsal.ts';
import { text } from './common.ts';
import { deadLetterFilter } from './dead-letters.ts';

/** What can be done with dead letters over HTTP: try out, replay, discard. */

const bodyFilter = {
  ...deadLetterFilter,
  content_id: z.int().positive().max(2_147_483_647).optional(),
};
const note = text(500).optional();

/** Why a letter is given up: of `DELETE /dead-letters/{id}`. */
export const discardQuery = z.strictObject({ note });
export type DiscardQuery = z.infer<typeof discardQuery>;

export const replayAnswerSchema = z.object({
  task_id: z.string(),
  /** False when it had been replayed already, or when the same work was waiting already. */
  created: z.boolean(),
});

export const bulkReplayBody = z.strictObject({
  ...bodyFilter,
  /** The oldest go first. */
  limit: z.int().min(1).max(10_000).default(100),
  /** Spreads the new tasks over time: this many a minute. */
  per_minute: z.int().min(1).max(6_000).optional(),
});
export type BulkReplay = z.infer<typeof bulkReplayBody>;

export const bulkReplayAnswerSchema = z.object({
  /** Of `GET /dead-letters/replays/{id}`; null when nothing was queued. */
  replay_id: z.uuid().nullable(),
  /** Open letters that this call took: queued, joined and unfit together. */
  matched: z.int(),
  queued: z.int(),
  /** Their work was waiting already: closed, with the task that does it. */
  joined: z.int(),
  /** Tasks or payloads that this release does not know: they stay open. */
  unfit: z.int(),
  /** Open letters that fit the filter and are still there: beyond the limit, unfit, or just being replayed by somebody else. */
  left: z.int(),
  /** When the last of them may run; null when nothing was queued. */
  ends_at: z.iso.datetime().nullable(),
});
export type BulkReplayAnswer = z.infer<typeof bulkReplayAnswerSchema>;

/** How a bulk replay goes. */
export const replayProgressSchema = z
  .object({
    id: z.uuid(),
    /** Dead letters that it took. */
    letters: z.int(),
    /** Their tasks: still to run. */
    waiting: z.int(),
    active: z.int(),
    /** Dead again. */
    dead: z.int(),
    /** Done, or ended in another way. */
    ended: z.int(),
    started_at: z.iso.datetime(),
    /** When the last of those that wait may run; null when none waits. */
    ends_at: z.iso.datetime().nullable(),
  })
  .meta({ id: 'DeadLetterReplay' });
export type ReplayProgress = z.infer<typeof replayProgressSchema>;

/** Letters whose task had not begun are open again. */
export const cancelledReplaySchema = z.object({ cancelled: z.int() });

export const bulkDiscardBody = z
  .strictObject({ ...bodyFilter, note, limit: z.int().min(1).max(10_000).default(1_000) })
  .refine(
    ({ note: _, limit: __, ...filter }) => Object.values(filter).some((value) => value !== undefined),
    'needs at least one filter: everything at once is not given up by accident',
  );
export type BulkDiscard = z.infer<typeof bulkDiscardBody>;

/** Members of the filters, the same for lists and for bulk actions. */
export type DeadLetterFilter = Omit<BulkReplay, 'limit' | 'per_minute'>;

export const bulkDiscardAnswerSchema = z.object({
  discarded: z.int(),
  /** Open letters that fit the filter and are still there. */
  left: z.int(),
});
export type BulkDiscardAnswer = z.infer<typeof bulkDiscardAnswerSchema>;

/** No body is the same as `{}`. */
export const dryRunBody = z
  .strictObject({
    /** Also do the work without writing anything, where the task can: fetch the page, fetch the picture, fit the messages. */
    rehearse: z.boolean().default(true),
  })
  .prefault({});
export type DryRunRequest = z.infer<typeof dryRunBody>;

/** What a replay is checked for. */
export const dryRunChecks = ['open', 'form', 'live_task', 'content', 'target', 'media', 'delivery'] as const;

export const dryRunSchema = z
  .object({
    /**
     * `runs`: a replay appends a task, and nothing that is known stands against it; `joins`: the same work waits already; `idle`: the task
     * would find nothing to do; `refused`: this release cannot run it; `closed`: it was replayed already.
     */
    verdict: z.enum(['runs', 'joins', 'idle', 'refused', 'closed']),
    checks: z.array(z.object({ check: z.enum(dryRunChecks), ok: z.boolean(), detail: z.string() })),
    /** What happened when the work was tried; null when it was not. */
    rehearsal: rehearsalSchema
      .extend({
        outcome: z.enum([...rehearsalSchema.shape.outcome.options, 'fails']),
        error_type: z.string().nullable(),
        /** Of `fails`: whether the queue would try again. */
        retryable: z.boolean().nullable(),
        took_ms: z.int(),
      })
      .nullable(),
    /** Why the work was not tried. */
    not_rehearsed: z.enum(['not_asked', 'no_rehearsal', 'would_not_run']).nullable(),
  })
  .meta({ id: 'DeadLetterDryRun' });
export type DryRun = z.infer<typeof dryRunSchema>;
export type DryRunCheck = DryRun['checks'][number];
