import { describe, expect, it } from '@jest/globals';
import type { z } from 'zod';
import { deadLetterFilter, deadLetterListQuery } from './dead-letters.ts';
import { contentsQuerySchema } from './contents.ts';
import { deliveriesQuerySchema } from './delivery.ts';
import { eventsQuerySchema } from './events.ts';

/** What a schema says to a value: the path and the words of each refusal. */
function refusals(schema: z.ZodType, value: unknown): [string, string][] {
  const { error } = schema.safeParse(value);
  return (error?.issues ?? []).map(({ path, message }) => [path.join('.'), message]);
}

describe('numbers in a query', () => {
  const limit = 'must be a whole number from 1 to 100';
  it.each(['abc', 'NaN', '', '1.5', '0', '-1', '101', '1e9', 'Infinity', ['1', '2']])(
    'limit=%j: says what is wanted',
    (value) => {
      expect(refusals(contentsQuerySchema, { limit: value })).toEqual([['limit', limit]]);
    },
  );

  it('takes what it says', () => {
    expect(contentsQuerySchema.parse({ limit: '100' }).limit).toBe(100);
    expect(contentsQuerySchema.parse({}).limit).toBe(20);
  });

  it.each([deadLetterListQuery, deliveriesQuerySchema, eventsQuerySchema])('content_id=abc of list %#', (schema) => {
    const wanted = 'must be a whole number from 1 to 2147483647';
    expect(refusals(schema, { content_id: 'abc' })).toEqual([['content_id', wanted]]);
    expect(schema.parse({ content_id: '7' })).toMatchObject({ content_id: 7 });
  });
});

describe('times in a filter', () => {
  const wanted =
    'must be a date such as 2026-11-28 (from 00:00 UTC) or a time such as 2026-11-28T09:30:00Z or 2026-11-28T09:30:00+01:00';

  it.each(['since', 'until'])('%s: a date is its first moment in UTC', (field) => {
    expect(contentsQuerySchema.parse({ [field]: '2026-11-28' })).toMatchObject({ [field]: '2026-11-28T00:00:00.000Z' });
    expect(deadLetterListQuery.parse({ [field]: '2024-02-29' })).toMatchObject({ [field]: '2024-02-29T00:00:00.000Z' });
  });

  it('a time stays as it is', () => {
    for (const since of ['2026-11-28T09:30:00Z', '2026-11-28T09:30:00.123+05:30'])
      expect(contentsQuerySchema.parse({ since })).toMatchObject({ since });
  });

  it.each(['yesterday', '2026-11-31', '2026-02-29', '2026-11', '2026-11-28T09:30', '28.11.2026', '1764322200', ''])(
    'since=%s: says what is wanted',
    (value) => {
      expect(refusals(contentsQuerySchema, { since: value })).toEqual([['since', wanted]]);
      expect(refusals(deadLetterFilter.until, value)).toEqual([['', wanted]]);
    },
  );
});
