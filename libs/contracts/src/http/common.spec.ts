import { describe, expect, it } from '@jest/globals';
import { momentSchema } from './common.ts';

describe('momentSchema', () => {
  it.each([
    ['2026-03-01T00:30:00+01:00', '2026-02-28T23:30:00.000Z'],
    ['2026-03-01T00:30:00.123456Z', '2026-03-01T00:30:00.123Z'],
    ['0131-11-14T01:17:12+23:57', '0131-11-13T01:20:12.000Z'],
    ['9999-12-31T23:59:59-00:00', '9999-12-31T23:59:59.000Z'],
  ])('takes %s in UTC', (given, moment) => {
    expect(momentSchema.parse(given)).toBe(moment);
  });

  it.each([
    '0000-01-01T00:00:00Z',
    '0001-01-01T00:00:00+00:01',
    '9999-12-31T23:59:59-00:01',
    'yesterday',
    '2026-02-30T00:00:00Z',
  ])('refuses %s once, in words', (given) => {
    const { error } = momentSchema.safeParse(given);
    expect(error?.issues).toHaveLength(1);
    expect(error?.issues[0]?.message).toMatch(/must lie|Invalid/);
  });
});
