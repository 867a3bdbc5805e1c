import { z } from 'zod';
import { tagSchema, text } from './common.ts';

/** Seconds between two polls of a feed: not more often than every five minutes, and once a week at least. */
export const feedIntervalS = { min: 300, max: 604_800 } as const;

const intervalSchema = z.int().min(feedIntervalS.min).max(feedIntervalS.max);

/** POST /feeds */
export const feedRequestSchema = z.strictObject({
  /** The address of a feed, or of a page that names its feed by `rel=alternate`. */
  url: text(8_192).min(1),
  /** For everything that comes of it. */
  tags: z.array(tagSchema).max(100).default([]),
  /** Seconds; left out: it follows how often something new comes. */
  interval_s: intervalSchema.optional(),
  is_nsfw: z.boolean().default(false),
  /** How many of the newest entries that are there already are shared; the others are not. */
  share_existing: z.int().min(0).max(50).default(3),
});
export type FeedRequest = z.infer<typeof feedRequestSchema>;

/** PATCH /feeds/{id}. Members that are left out stay as they are. */
export const feedPatchSchema = z.strictObject({
  tags: z.array(tagSchema).max(100).optional(),
  /** Null: it follows how often something new comes. */
  interval_s: intervalSchema.nullable().optional(),
  is_nsfw: z.boolean().optional(),
  /** True forgives the failures and polls at once. */
  enabled: z.boolean().optional(),
});
export type FeedPatch = z.infer<typeof feedPatchSchema>;

/** Why the product has disabled a feed: `gone` is 410, `duplicate` another subscription of the address that it moved to. */
export const feedDisabledReasons = ['gone', 'duplicate'] as const;
export type FeedDisabledReason = (typeof feedDisabledReasons)[number];

const time = z.iso.datetime();

export const feedViewSchema = z
  .object({
    id: z.string(),
    url: z.string(),
    title: z.string().nullable(),
    site_url: z.string().nullable(),
    tags: z.array(z.string()),
    is_nsfw: z.boolean(),
    /** Seconds between two polls, as it is now. */
    interval_s: z.int(),
    /** True: the interval follows how often something new comes. */
    adaptive: z.boolean(),
    share_existing: z.int(),
    enabled: z.boolean(),
    disabled_reason: z.string().nullable(),
    etag: z.string().nullable(),
    last_modified: z.string().nullable(),
    next_poll_at: time,
    last_polled_at: time.nullable(),
    /** When an entry was last shared. */
    last_entry_at: time.nullable(),
    /** Polls that failed in a row. */
    failures: z.int(),
    last_error: z.string().nullable(),
    last_error_type: z.string().nullable(),
    last_error_at: time.nullable(),
    created_at: time,
    updated_at: time,
  })
  .meta({ id: 'Feed' });
export type FeedView = z.infer<typeof feedViewSchema>;

/** POST /feeds/{id}/poll */
export const feedPollAnswerSchema = z.object({ feed_id: z.string(), task_id: z.string() });
