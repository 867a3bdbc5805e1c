import { describe, expect, it } from '@jest/globals';
import type { PlatformView } from '@vaultstream/contracts';
import { conditionOf, successRatio } from './condition.ts';

type Health = Omit<PlatformView['health'], 'state'>;

const canary = (ok: boolean, at: string) => ({
  platform: 'x',
  url: 'https://x.com/a/status/1',
  ok,
  at,
  took_ms: 1,
  title: null,
  author: null,
  media: 0,
  parser_version: null,
  error_type: null,
  error: null,
  retryable: null,
});
const health = (more: Partial<Health> = {}, counts: Partial<Health['window']> = {}): Health => {
  const { succeeded = 0, absent = 0, failed = 0, sick = 0 } = counts;
  const window = { seconds: 3_600, tries: succeeded + absent + failed + sick, succeeded, absent, failed, sick };
  return {
    success_ratio: successRatio(window),
    window,
    last_error_type: null,
    last_error_at: null,
    last_success_at: null,
    circuit: { state: 'closed', since: null, retry_at: null, reason: null, trips: 0 },
    cookie: null,
    canary: null,
    ...more,
  };
};
const [early, late] = ['2026-11-22T01:00:00.000Z', '2026-11-22T02:00:00.000Z'];
const open = { state: 'open' as const, since: early, retry_at: late, reason: '502', trips: 1 };

describe('the condition of a platform', () => {
  it.each<[PlatformView['health']['state'], string, Health]>([
    ['unknown', 'when nobody has asked', health()],
    ['ok', 'when most works', health({}, { succeeded: 8, sick: 2 })],
    ['ok', 'when all that was asked for is gone', health({}, { absent: 9 })],
    ['degraded', 'when all four tries of one content have failed', health({}, { sick: 4 })],
    ['degraded', 'when nothing works, whatever is not there', health({}, { failed: 3, absent: 9 })],
    ['unknown', 'after too few failures to judge', health({}, { sick: 2 })],
    ['unknown', 'after too few failures, whatever it did before', health({ last_success_at: early }, { failed: 1 })],
    ['ok', 'when one of few tries has worked', health({}, { succeeded: 1, sick: 3 })],
    ['degraded', 'when too much fails', health({}, { succeeded: 6, failed: 4 })],
    ['ok', 'when most fails, where it is many hosts', health({ circuit: null }, { succeeded: 1, failed: 9 })],
    [
      'unknown',
      'when one page fails at each of its tries, where it is many hosts',
      health({ circuit: null }, { sick: 4 }),
    ],
    ['degraded', 'when nothing works, of several pages of many hosts', health({ circuit: null }, { failed: 5 })],
    ['degraded', 'when its cookie was refused', health({ cookie: { state: 'rejected', since: early } })],
    ['degraded', 'when its canary has failed', health({ canary: canary(false, late), last_success_at: early })],
    [
      'ok',
      'when something was read after that',
      health({ canary: canary(false, early), last_success_at: late }, { succeeded: 1 }),
    ],
    [
      'ok',
      'when its canary sings, after a failure',
      health({ canary: canary(true, late), last_error_at: early }, { failed: 2 }),
    ],
    [
      'ok',
      'when its canary sings, after all has failed',
      health({ canary: canary(true, late), last_error_at: early }, { sick: 4 }),
    ],
    [
      'degraded',
      'when all fails although its canary sings',
      health({ canary: canary(true, late), last_error_at: late }, { sick: 4 }),
    ],
    ['ok', 'when its canary sings', health({ canary: canary(true, late) })],
    ['down', 'while its circuit is open', health({ circuit: open }, { succeeded: 9 })],
  ])('is %s %s', (state, _, given) => {
    expect(conditionOf(given)).toBe(state);
  });

  it('counts only what says something of it', () => {
    expect(successRatio(health({}, { succeeded: 2, absent: 5, failed: 1 }).window)).toBe(0.667);
    expect(successRatio(health({}, { absent: 5 }).window)).toBeNull();
  });
});
