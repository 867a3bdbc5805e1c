import { z } from 'zod';
import { deliveryStates } from '../delivery.ts';
import { deadLetterReasons } from '../errors.ts';
import { pageQuery, queryContentId, text, timeFilter } from './common.ts';

/** Dead letters over HTTP: lists, groups and one in full. */

/** `open`: nobody has dealt with it; `replayed`: its work was asked for again; `discarded`: given up. */
export const deadLetterStates = ['open', 'replayed', 'discarded'] as const;
export type DeadLetterState = (typeof deadLetterStates)[number];

const time = z.iso.datetime();

export const deadLetterSchema = z
  .object({
    id: z.uuid(),
    task: z.string(),
    queue: z.string(),
    content_id: z.int().nullable(),
    target_id: z.uuid().nullable(),
    /** Of its content. */
    platform: z.string().nullable(),
    reason: z.enum(deadLetterReasons),
    error_type: z.string(),
    error: z.string(),
    detail: z.object({
      message: z.string(),
      stack: z.string().nullable(),
      /** Every failed try, oldest first. */
      attempts: z.array(z.object({ at: time, type: z.string(), message: z.string() })),
    }),
    attempts: z.int(),
    trace_id: z.string().nullable(),
    trace_url: z.string().optional(),
    request_id: z.string().nullable(),
    fingerprint: z.string(),
    state: z.enum(deadLetterStates),
    /** How it was closed; null while it is open. */
    closed: z
      .object({
        at: time,
        /** Name of the token that did it; null when its work was asked for again in another way, or it was given up by age. */
        by: z.string().nullable(),
        note: z.string().nullable(),
        /** The task that does its work again. */
        task_id: z.uuid().nullable(),
        /** The bulk replay that it went with. */
        replay_id: z.uuid().nullable(),
      })
      .nullable(),
    created_at: time,
  })
  .meta({ id: 'DeadLetter' });
export type DeadLetterView = z.infer<typeof deadLetterSchema>;

/** Another end of the same work: this dead letter came of its replay, or it came of a replay of this one. */
const relatedSchema = z.object({
  id: z.uuid(),
  error_type: z.string(),
  error: z.string(),
  attempts: z.int(),
  state: z.enum(deadLetterStates),
  created_at: time,
});

/** One dead letter with all that it is about. */
export const deadLetterDetailSchema = deadLetterSchema
  .extend({
    task_id: z.uuid(),
    priority: z.int(),
    /** Ids of what it works on; null when this release cannot read it. */
    payload: z.record(z.string(), z.unknown()).nullable(),
    /** Whether this release knows the task, and its payload in this form. */
    form: z.enum(['known', 'unknown_task', 'unfit_payload']),
    content: z
      .object({
        id: z.int(),
        platform: z.string(),
        url: z.string(),
        title: z.string().nullable(),
        status: z.string(),
        archive_status: z.string(),
        deleted: z.boolean(),
        /** The content that it was merged into. */
        merged_into: z.int().nullable(),
      })
      .nullable(),
    target: z
      .object({
        id: z.uuid(),
        key: z.string(),
        kind: z.string(),
        name: z.string(),
        enabled: z.boolean(),
        disabled_reason: z.string().nullable(),
        deleted: z.boolean(),
      })
      .nullable(),
    /** Of tasks that are about one picture. */
    media: z
      .object({
        id: z.uuid(),
        origin_url: z.string(),
        status: z.string(),
        /** False when a later parse no longer has it. */
        current: z.boolean(),
      })
      .nullable(),
    /** Of tasks that push. */
    delivery: z
      .object({ id: z.uuid(), state: z.enum(deliveryStates), reason: z.string().nullable(), parts: z.int() })
      .nullable(),
    /** The task that does the same work now, if there is one. */
    live_task: z.object({ id: z.uuid(), state: z.string(), failures: z.int(), run_at: time }).nullable(),
    /** Earlier and later ends of the same work, oldest first. */
    history: z.array(relatedSchema),
    links: z.record(z.string(), z.string()),
  })
  .meta({ id: 'DeadLetterDetail' });
export type DeadLetterDetail = z.infer<typeof deadLetterDetailSchema>;

/** Dead letters with something in common, with `group_by`. */
export const deadLetterGroupSchema = z
  .object({
    /** Same task, same error type, same message but for ids and numbers. Null when grouped by content. */
    fingerprint: z.string().nullable(),
    /** Null when grouped by fingerprint, and for those that are about no content. */
    content: z.object({ id: z.int(), platform: z.string(), url: z.string(), title: z.string().nullable() }).nullable(),
    count: z.int(),
    /** Of all, up to ten, the most frequent first. */
    tasks: z.array(z.string()),
    error_types: z.array(z.string()),
    platforms: z.array(z.string()),
    targets: z.array(z.object({ id: z.uuid(), key: z.string(), name: z.string(), count: z.int() })),
    /** How many contents it is about. */
    contents: z.int(),
    /** The message of the latest. */
    error: z.string(),
    /** The latest: one to look at. */
    example_id: z.uuid(),
    first_at: time,
    last_at: time,
  })
  .meta({ id: 'DeadLetterGroup' });
export type DeadLetterGroup = z.infer<typeof deadLetterGroupSchema>;

/** What can be asked of a dead letter, but for its content and its times, which read differently in a query and in a body. */
export const deadLetterFilter = {
  fingerprint: text(64).optional(),
  task: text(64).optional(),
  queue: text(64).optional(),
  error_type: text(64).optional(),
  reason: z.enum(deadLetterReasons).optional(),
  target_id: z.uuid().optional(),
  platform: text(64).optional(),
  /** Died at this time or later; a date is its first moment in UTC. */
  since: timeFilter.optional(),
  /** Died before this time; a date is its first moment in UTC. */
  until: timeFilter.optional(),
};

export const deadLetterListQuery = z.strictObject({
  ...pageQuery,
  ...deadLetterFilter,
  content_id: queryContentId.optional(),
  state: z.enum([...deadLetterStates, 'any']).default('open'),
  group_by: z.enum(['fingerprint', 'content']).optional(),
  /** Of groups: the largest first, or those with the latest failure. */
  sort: z.enum(['count', 'recent']).default('count'),
});
export type DeadLetterListQuery = z.infer<typeof deadLetterListQuery>;
