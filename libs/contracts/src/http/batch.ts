import { z } from 'zod';

/** Shares of one batch. */
export const maxBatch = 500;

/** POST /shares/batch. The items are checked one by one, so that a bad one does not fail the others. */
export const shareBatchSchema = z.strictObject({
  shares: z
    .array(z.unknown().meta({ description: 'As the body of POST /shares.' }))
    .min(1)
    .max(maxBatch),
});
export type ShareBatch = z.infer<typeof shareBatchSchema>;

/** What became of one share: a content, or why not. */
export const shareResultSchema = z
  .object({
    /** Its place in the batch. */
    index: z.int(),
    content_id: z.int().optional(),
    /** Whether this very share made the content. */
    created: z.boolean().optional(),
    error: z
      .object({
        code: z.string(),
        detail: z.string(),
        errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
      })
      .optional(),
  })
  .meta({ id: 'ShareResult' });
export type ShareResult = z.infer<typeof shareResultSchema>;

export const shareBatchAnswerSchema = z.object({ results: z.array(shareResultSchema) });
export type ShareBatchAnswer = z.infer<typeof shareBatchAnswerSchema>;
