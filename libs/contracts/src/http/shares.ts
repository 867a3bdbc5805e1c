import { z } from 'zod';
import { contentStatuses } from '../content.ts';
import { tagSchema, text } from './common.ts';

/** POST /shares */
export const shareRequestSchema = z.strictObject({
  /** A URL, a text that contains one, or a bare BV/av/cv id. */
  url: text(8_192).min(1),
  tags: z.array(tagSchema).max(100).default([]),
  source: text(100).min(1).optional(),
  note: text(2_000).optional(),
  /** Any object whose compact JSON is at most 4096 bytes. */
  client_context: z
    .record(z.string(), z.json())
    .refine((value) => Buffer.byteLength(JSON.stringify(value)) <= 4_096, 'must be at most 4096 bytes as JSON')
    .refine((value) => !JSON.stringify(value).includes('\\u0000'), 'must not contain NUL')
    .optional(),
  is_nsfw: z.boolean().optional(),
  /** 1 runs first; default 5. */
  priority: z.int().min(1).max(10).optional(),
});
export type ShareRequest = z.infer<typeof shareRequestSchema>;

/** A rule that takes what was shared, or may. */
export const shareRuleSchema = z.object({
  id: z.string(),
  name: z.string(),
  verdict: z.enum(['matches', 'may_match']),
  waits_for: z
    .array(z.enum(['tags', 'author', 'content_type', 'is_nsfw', 'text']))
    .describe('What the page must tell before it is certain; empty where nothing is missing.'),
});
export type ShareRule = z.infer<typeof shareRuleSchema>;

export const shareResponseSchema = z
  .object({
    content_id: z.int(),
    status: z.enum(contentStatuses),
    platform: z.string(),
    canonical_url: z.string(),
    created: z.boolean(),
    trace_url: z.string().optional(),
    rules: z
      .array(shareRuleSchema)
      .nullable()
      .describe(
        'The enabled rules that match, the first to decide at the front, 100 at most; empty when none does. ' +
          'Of a new content only platform, tags and flags are known: its page may bring what a rule waits for, or rule out what matches so far. ' +
          'That a rule matches does not say that something is sent: what has a row in the ledger is not sent again, and a rule that is ' +
          'newer than a known content does not look back; GET /contents/{id}/explain tells. ' +
          'A rule made or changed within the last second may be missing. Null: it cannot be told at the moment.',
      ),
  })
  .meta({ id: 'ShareResponse' });
export type ShareResponse = z.infer<typeof shareResponseSchema>;
