import { z } from 'zod';
import { queueNames } from '../tasks.ts';

/** Queues over HTTP. */

export const queueSchema = z
  .object({
    queue: z.enum(queueNames),
    waiting: z.int(),
    active: z.int(),
    delayed: z.int(),
    failed: z.int(),
    /** Seconds. */
    oldest_age: z.number(),
    /** Works that came to an end, good or bad, a minute: of the last minutes, all processes together. Null for a queue whose work leaves no events. */
    rate: z.number().nullable(),
  })
  .meta({ id: 'Queue' });
export type QueueView = z.infer<typeof queueSchema>;
