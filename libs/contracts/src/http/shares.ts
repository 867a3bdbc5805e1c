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

export const shareResponseSchema = z
  .object({
    content_id: z.int(),
    status: z.enum(contentStatuses),
    platform: z.string(),
    canonical_url: z.string(),
    created: z.boolean(),
  })
  .meta({ id: 'ShareResponse' });
export type ShareResponse = z.infer<typeof shareResponseSchema>;
