import { describe, expect, it } from '@jest/globals';
import {
  AccessDenied,
  BadPayload,
  FenceLost,
  InfrastructureError,
  Later,
  NetworkError,
  NotFound,
  RateLimited,
  tasks,
} from '@vaultstream/contracts';
import { describeError, verdictOn } from './verdict.ts';

const policy = tasks['content.parse'];
const verdict = (error: unknown, failures = 0) => verdictOn(error, failures, policy, () => 0.5);

describe('the verdict on an error', () => {
  it('J21: a network error waits 1, 2 and 4 s and then is dead', () => {
    const error = new NetworkError('reset');
    expect([0, 1, 2, 3].map((failures) => verdict(error, failures))).toEqual([
      { kind: 'retry', delayMs: 1_000 },
      { kind: 'retry', delayMs: 2_000 },
      { kind: 'retry', delayMs: 4_000 },
      { kind: 'bury', reason: 'max_attempts_reached' },
    ]);
  });

  it('J21: what will not get better is dead at once, with its reason', () => {
    expect(verdict(new NotFound('gone'))).toEqual({ kind: 'bury', reason: 'non_retryable' });
    expect(verdict(new BadPayload('bad'))).toEqual({ kind: 'bury', reason: 'non_retryable' });
    expect(verdict(new AccessDenied('login'))).toEqual({ kind: 'bury', reason: 'auth_required' });
  });

  it('a longer wait that the other side asks for wins, a shorter one does not', () => {
    expect(verdict(new RateLimited('slow', { retryAfterMs: 30_000 }))).toEqual({ kind: 'retry', delayMs: 30_000 });
    expect(verdict(new RateLimited('slow', { retryAfterMs: 10 }))).toEqual({ kind: 'retry', delayMs: 1_000 });
  });

  it('J21: a stranger parks our work for five minutes at most, a target for the day that it asks for', () => {
    const day = new RateLimited('slow', { retryAfterMs: 100_000_000 });
    expect(verdict(day)).toEqual({ kind: 'retry', delayMs: 300_000 });
    expect(verdictOn(day, 0, tasks['media.archive'])).toEqual({ kind: 'retry', delayMs: 300_000 });
    expect(verdictOn(day, 0, tasks['delivery.send'])).toEqual({ kind: 'retry', delayMs: 86_400_000 });
  });

  it('J12: neither Later nor our own outage ever ends a task', () => {
    expect(verdict(new Later('wait', { retryAfterMs: 50 }), 99)).toEqual({ kind: 'defer', delayMs: 50 });
    expect(verdict(new Later('wait'), 99)).toEqual({ kind: 'defer', delayMs: 1_000 });
    expect(verdict(new InfrastructureError('away'), 99)).toEqual({ kind: 'defer', delayMs: 2_500 });
    expect(verdict(new InfrastructureError('away', { retryAfterMs: 8_000 }), 99)).toEqual({
      kind: 'defer',
      delayMs: 10_000,
    });
  });

  it('bugs are retried, a lost lease is no error at all', () => {
    expect(verdict(new TypeError('x is undefined'))).toEqual({ kind: 'retry', delayMs: 1_000 });
    expect(verdict('a string')).toEqual({ kind: 'retry', delayMs: 1_000 });
    expect(verdict(new FenceLost('lost'))).toEqual({ kind: 'fenced' });
  });
});

describe('an error as it is stored', () => {
  it('bears a constant type, and no secret', () => {
    expect(describeError(new NetworkError('GET https://x.test/?token=abcdef failed'))).toMatchObject({
      type: 'NetworkError',
      message: 'GET https://x.test/?token=[redacted] failed',
    });
    const bug = describeError(new TypeError('x is undefined'));
    expect(bug).toMatchObject({ type: 'UnexpectedError', message: 'TypeError: x is undefined' });
    expect(bug.stack).toContain('verdict.spec');
    expect(describeError('a string')).toEqual({ type: 'UnexpectedError', message: 'a string', stack: null });
  });

  it('is cut to size', () => {
    expect(describeError(new NetworkError('x'.repeat(100_000))).message).toHaveLength(2_000);
  });
});
