import { z } from 'zod';
import { eventTypes } from '../events.ts';
import { queryContentId } from './common.ts';

const types = new Set<string>(eventTypes);

/** GET /events */
export const eventsQuerySchema = z.strictObject({
  /** The cursor of the last event that was read, `<xid>-<id>`; the header `Last-Event-ID` wins. Without one: from now on. */
  after: z
    .string()
    .max(64)
    .optional()
    .describe('The cursor of the last event that was read; `Last-Event-ID` wins. Without one: from now on.'),
  /** Comma-separated, such as `content.pulled,delivery.sent`; all when not given. */
  types: z
    .string()
    .max(2_000)
    .transform((list) => list.split(','))
    .refine((list) => list.every((type) => types.has(type)), 'must be a comma-separated list of event types')
    .optional()
    .describe('A comma-separated list of event types, such as `content.pulled,delivery.sent`.'),
  content_id: queryContentId.optional(),
});
export type EventsQuery = z.infer<typeof eventsQuerySchema>;
