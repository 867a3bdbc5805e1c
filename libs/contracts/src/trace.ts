import { z } from 'zod';

/**
 * What rides along from the HTTP request to the pushed message: in the task row, the job envelope and every log line.
 * `traceparent` follows W3C Trace Context level 1: `00-<32 hex trace id>-<16 hex span id>-<2 hex flags>`.
 */
export const traceContextSchema = z.object({
  request_id: z.string().max(128).nullable(),
  traceparent: z
    .string()
    .regex(/^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/)
    .nullable(),
});
export type TraceContext = z.infer<typeof traceContextSchema>;
