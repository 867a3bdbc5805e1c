import { z } from 'zod';

/** What all HTTP schemas share. JSON is snake_case; times are RFC 3339 in UTC. */

export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string(),
    request_id: z.string(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof problemSchema>;

/** A whole number in a query string. What is refused is told the bounds. */
export function queryInteger(min: number, max: number) {
  const error = `must be a whole number from ${min} to ${max}`;
  return z.coerce.number({ error }).int({ error }).min(min, { error }).max(max, { error });
}

/** The id of a content in a query string. */
export const queryContentId = queryInteger(1, 2_147_483_647);

/** `since` or `until` of a list: RFC 3339, or a date, which is its first moment in UTC. Gives RFC 3339. */
export const timeFilter = z
  .union([z.iso.datetime({ offset: true }), z.iso.date()], {
    error:
      'must be a date such as 2026-11-28 (from 00:00 UTC) or a time such as 2026-11-28T09:30:00Z or 2026-11-28T09:30:00+01:00',
  })
  .transform((value) => (value.includes('T') ? value : `${value}T00:00:00.000Z`));

/** Query parameters of every list: 1 to 100 rows (20), an opaque cursor. */
export const pageQuery = {
  limit: queryInteger(1, 100).default(20),
  cursor: z.string().min(1).max(512).optional(),
};

/** The query of a list without filters. */
export const pageQuerySchema = z.strictObject(pageQuery);
export type PageQuery = z.infer<typeof pageQuerySchema>;

/** One page of a list of these. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), next_cursor: z.string().nullable() });

/** How many a bulk action found, and how many of them it took. */
export const bulkAnswerSchema = z.object({ matched: z.int(), queued: z.int() });

export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

/** `true` or `false` in a query string; anything else is refused (`z.coerce.boolean` would take "false" as true). */
export const queryBoolean = z.enum(['true', 'false']).transform((value) => value === 'true');

/** A tag: trimmed, NFC, 1 to 100 characters of one line, no control characters (C0, DEL, C1). */
export const tagSchema = z
  .string()
  .transform((tag) => tag.trim().normalize('NFC'))
  .pipe(
    z
      .string()
      .min(1)
      .max(100)
      // eslint-disable-next-line no-control-regex -- control characters are what we refuse
      .regex(/^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$/, 'must not contain control characters or line separators'),
  );

/** Free text: Postgres cannot store NUL, so it is refused with the field named. */
export const text = (max: number) =>
  z
    .string()
    .max(max)
    .refine((value) => !value.includes('\u0000'), 'must not contain NUL');
