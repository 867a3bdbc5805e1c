import { z } from 'zod';
import { contentStatuses } from '../content.ts';
import { deliveryStates } from '../delivery.ts';
import { queueSchema } from './queues.ts';

const count = z.int().min(0);

/** GET /stats. A few seconds old at most. */
export const statsSchema = z
  .object({
    contents: z.object({
      total: count,
      by_status: z.record(z.enum(contentStatuses), count),
      by_platform: z.record(z.string(), count),
      /** The last 30 days in UTC, today included, oldest first. */
      new_per_day: z.array(z.object({ day: z.iso.date(), count })),
    }),
    queues: z.array(queueSchema),
    /** What was done in the last minutes, all processes together, a minute. */
    rates: z.object({
      shared: z.number(),
      pulled: z.number(),
      failed: z.number(),
      stored: z.number(),
      sent: z.number(),
    }),
    /** Of the last 30 days. */
    pushes: z.object({
      by_status: z.partialRecord(z.enum(deliveryStates), count),
      /** Sent of all that have ended; null when none has. */
      success_rate: z.number().min(0).max(1).nullable(),
    }),
    storage: z.object({
      blobs: count,
      bytes: z.number().min(0),
      /** Stored media that needed no bytes of their own, of all stored media; null when there are none. */
      dedupe_ratio: z.number().min(0).max(1).nullable(),
    }),
  })
  .meta({ id: 'Stats' });
export type Stats = z.infer<typeof statsSchema>;
