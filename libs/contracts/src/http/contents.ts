import { z } from 'zod';
import { archiveStatuses, contentStatuses, mediaKinds, mediaRoles, mediaStatuses } from '../content.ts';
import { pageQuery, queryBoolean, tagSchema, text, timeFilter } from './common.ts';

const time = z.iso.datetime();

export const mediaViewSchema = z
  .object({
    id: z.string(),
    position: z.int(),
    kind: z.enum(mediaKinds),
    role: z.enum(mediaRoles),
    origin_url: z.string(),
    status: z.enum(mediaStatuses),
    stored_key: z.string().nullable(),
    /** Signed and expiring where the store is private. */
    stored_url: z.string().nullable(),
    /** Of the stored bytes. */
    sha256: z.string().nullable(),
    mime: z.string().nullable(),
    /** Bytes. */
    size: z.int().nullable(),
    width: z.int().nullable(),
    height: z.int().nullable(),
    variants: z.record(z.string(), z.string()),
    error: z.string().nullable(),
  })
  .meta({ id: 'Media' });
export type MediaView = z.infer<typeof mediaViewSchema>;

export const contentCardSchema = z
  .object({
    id: z.int(),
    platform: z.string(),
    platform_id: z.string().nullable(),
    content_type: z.string().nullable(),
    url: z.string(),
    canonical_url: z.string(),
    status: z.enum(contentStatuses),
    archive_status: z.enum(archiveStatuses),
    title: z.string().nullable(),
    description: z.string().nullable(),
    author: z
      .object({
        id: z.string().nullable(),
        name: z.string().nullable(),
        url: z.string().nullable(),
        avatar_url: z.string().nullable(),
      })
      .nullable(),
    site_name: z.string().nullable(),
    language: z.string().nullable(),
    cover: mediaViewSchema.nullable(),
    tags: z.array(z.string()),
    is_nsfw: z.boolean(),
    note: z.string().nullable(),
    stats: z.record(z.string(), z.number()),
    published_at: time.nullable(),
    media: z.array(mediaViewSchema),
    failure_count: z.int(),
    last_error: z.string().nullable(),
    last_error_type: z.string().nullable(),
    last_error_at: time.nullable(),
    parser_version: z.int().nullable(),
    created_at: time,
    updated_at: time,
  })
  .meta({ id: 'ContentCard' });
export type ContentCard = z.infer<typeof contentCardSchema>;

export const contentViewSchema = contentCardSchema
  .extend({
    body_text: z.string().nullable(),
    sources: z.array(
      z.object({
        source: z.string().nullable(),
        tags: z.array(z.string()),
        note: z.string().nullable(),
        client_context: z.record(z.string(), z.unknown()).nullable(),
        created_at: time,
      }),
    ),
    last_error_detail: z
      .object({ message: z.string(), stack: z.string().nullable(), attempts: z.array(z.unknown()) })
      .nullable(),
    raw_metadata: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'Content' });
export type ContentView = z.infer<typeof contentViewSchema>;

/** What leaves the house of a picture or file. */
const messageMediaSchema = mediaViewSchema.omit({ variants: true, error: true }).meta({ id: 'MessageMedia' });

/** What leaves the house of a content, as receivers get it: no notes, sources, raw metadata or errors. */
export const contentMessageSchema = contentViewSchema
  .pick({
    id: true,
    platform: true,
    platform_id: true,
    content_type: true,
    url: true,
    canonical_url: true,
    status: true,
    archive_status: true,
    title: true,
    description: true,
    body_text: true,
    author: true,
    site_name: true,
    language: true,
    tags: true,
    is_nsfw: true,
    stats: true,
    published_at: true,
    created_at: true,
    updated_at: true,
  })
  .extend({ cover: messageMediaSchema.nullable(), media: z.array(messageMediaSchema) })
  .meta({ id: 'ContentMessage' });
export type ContentMessage = z.infer<typeof contentMessageSchema>;

/** GET /contents */
export const contentsQuerySchema = z
  .strictObject({
    ...pageQuery,
    status: z.enum(contentStatuses).optional(),
    platform: text(50).optional(),
    /** Repeatable: contents that bear all of them. */
    tag: z.union([tagSchema.transform((tag) => [tag]), z.array(tagSchema).max(20)]).optional(),
    author: text(200).min(1).optional(),
    source: text(100).min(1).optional(),
    is_nsfw: queryBoolean.optional(),
    /** On the sort column. */
    since: timeFilter
      .optional()
      .describe('By the time that the list is sorted by: from here on. A date is its first moment in UTC.'),
    until: timeFilter
      .optional()
      .describe('By the time that the list is sorted by: before this. A date is its first moment in UTC.'),
    q: text(200)
      .min(1)
      .optional()
      .describe(
        'Words that must all occur in title, description, author, tags, site name or text. Case, width and Latin accents do not count.',
      ),
    sort: z
      .enum(['created_at', 'published_at', 'relevance'])
      .default('created_at')
      .describe(
        'Newest first by that time. `relevance` needs `q`: all words in the title, then all in title, author or tags, then the others, each newest first by created_at.',
      ),
  })
  .refine(({ sort, q = '' }) => sort !== 'relevance' || q.trim() !== '', {
    path: ['sort'],
    error: 'relevance needs words to look for: give q, or sort by created_at or published_at',
  });
export type ContentsQuery = z.infer<typeof contentsQuerySchema>;

/** PATCH /contents/{id}: what a person sets here outlives later parses. */
export const contentPatchSchema = z
  .strictObject({
    tags: z.array(tagSchema).max(100).optional(),
    title: text(2_000)
      .min(1)
      .refine((title) => title.trim() !== '', 'must not be blank')
      .optional(),
    note: text(2_000).nullable().optional(),
    is_nsfw: z.boolean().optional(),
  })
  .refine((patch) => Object.values(patch).some((value) => value !== undefined), 'must set at least one field');
export type ContentPatch = z.infer<typeof contentPatchSchema>;

/** POST /contents/{id}/retry */
export const retryQuerySchema = z.strictObject({
  /** Parses a PULLED content again. */
  force: queryBoolean.default(false),
});
export type RetryQuery = z.infer<typeof retryQuerySchema>;

/** POST /contents/retry */
export const bulkRetrySchema = z.strictObject({
  status: z.literal('FAILED'),
  last_error_type: text(100).min(1).optional(),
  platform: text(50).min(1).optional(),
  limit: z.int().min(1).max(10_000).default(1_000),
});
export type BulkRetry = z.infer<typeof bulkRetrySchema>;

/** How often a tag is borne. */
export const tagCountSchema = z.object({ name: z.string(), count: z.int() });

/** What became of the wish to read a content once more. */
export const retryAnswerSchema = z.object({
  content_id: z.int(),
  status: z.enum(contentStatuses),
  /** Pictures of a PULLED content that had no stored bytes and are archived now. */
  media_queued: z.int().describe('Pictures of a PULLED content that had no stored bytes and are archived now.'),
});
export type RetryAnswer = z.infer<typeof retryAnswerSchema>;
