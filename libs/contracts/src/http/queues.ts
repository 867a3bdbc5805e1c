import { z } from 'zod';
import { deadLetterReasons } from '../errors.ts';
import { queueNames } from '../tasks.ts';
import { pageQuery, text } from './common.ts';

/** Queues and dead letters over HTTP. */

export const queueSchema = z
  .object({
    queue: z.enum(queueNames),
    waiting: z.int(),
    active: z.int(),
    delayed: z.int(),
    failed: z.int(),
    /** Seconds. */
    oldest_age: z.number(),
    /** Tasks done in the last minute; null where nobody counts. */
    rate: z.number().nullable(),
  })
  .meta({ id: 'Queue' });
export type QueueView = z.infer<typeof queueSchema>;

export const deadLetterSchema = z
  .object({
    id: z.uuid(),
    task: z.string(),
    content_id: z.int().nullable(),
    target_id: z.uuid().nullable(),
    reason: z.enum(deadLetterReasons),
    error_type: z.string(),
    error: z.string(),
    detail: z.object({
      message: z.string(),
      stack: z.string().nullable(),
      attempts: z.array(z.object({ at: z.iso.datetime(), type: z.string(), message: z.string() })),
    }),
    attempts: z.int(),
    trace_id: z.string().nullable(),
    fingerprint: z.string(),
    created_at: z.iso.datetime(),
  })
  .meta({ id: 'DeadLetter' });
export type DeadLetterView = z.infer<typeof deadLetterSchema>;

/** Dead letters that fail in the same way: same task, same error type, same message but for ids and numbers. */
export const deadLetterGroupSchema = z
  .object({
    fingerprint: z.string(),
    task: z.string(),
    error_type: z.string(),
    /** The message of the latest. */
    error: z.string(),
    count: z.int(),
    first_at: z.iso.datetime(),
    last_at: z.iso.datetime(),
  })
  .meta({ id: 'DeadLetterGroup' });
export type DeadLetterGroup = z.infer<typeof deadLetterGroupSchema>;

const filter = {
  fingerprint: text(64).optional(),
  task: text(64).optional(),
  error_type: text(64).optional(),
};

export const deadLetterListQuery = z.strictObject({
  ...pageQuery,
  ...filter,
  content_id: z.coerce.number().int().positive().max(2_147_483_647).optional(),
  group_by: z.enum(['fingerprint']).optional(),
});
export type DeadLetterListQuery = z.infer<typeof deadLetterListQuery>;

export const bulkReplayBody = z.strictObject({
  ...filter,
  limit: z.int().min(1).max(1_000).default(100),
  /** Spreads the new tasks over time: this many a minute. */
  per_minute: z.int().min(1).max(6_000).optional(),
});
export type BulkReplay = z.infer<typeof bulkReplayBody>;
