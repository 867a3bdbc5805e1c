import { describe, expect, it } from '@jest/globals';
import { isVaultError } from '@vaultstream/contracts';
import { raiseForStatus, retryAfterMs } from './status.ts';
import type { GuardedResponse } from './types.ts';

function response(status: number, headers: Record<string, string> = {}): GuardedResponse {
  const rest = { body: Buffer.alloc(0), truncated: false, redirects: [], mime: null, declaredMime: null };
  return { url: 'https://example.com/secret-path', status, headers, ...rest };
}

describe('raiseForStatus', () => {
  it.each([
    [401, 'AccessDenied'],
    [403, 'AccessDenied'],
    [404, 'NotFound'],
    [410, 'NotFound'],
    [408, 'NetworkError'],
    [425, 'NetworkError'],
    [429, 'RateLimited'],
    [500, 'UpstreamError'],
    [503, 'UpstreamError'],
    [302, 'BadPayload'],
    [304, 'BadPayload'],
    [400, 'BadPayload'],
    [418, 'BadPayload'],
  ])('turns %d into %s', (status, name) => {
    let caught: unknown;
    try {
      raiseForStatus(response(status));
    } catch (error) {
      caught = error;
    }
    expect(caught).toMatchObject({ name, status });
    expect(isVaultError(caught) && caught.message).not.toContain('secret-path');
  });

  it.each([200, 204])('lets %d through', (status) => {
    const given = response(status);
    expect(raiseForStatus(given)).toBe(given);
  });

  it('hands on how long to wait', () => {
    expect(() => raiseForStatus(response(429, { 'retry-after': '7' }))).toThrow(
      expect.objectContaining({ retryAfterMs: 7_000 }),
    );
  });
});

describe('retryAfterMs', () => {
  const now = Date.UTC(2026, 0, 1);

  it.each([
    ['7', 7_000],
    ['0', 0],
    ['1.5', 1_500],
    ['99999999999', 86_400_000],
    ['Thu, 01 Jan 2026 00:00:30 GMT', 30_000],
    ['Wed, 31 Dec 2025 23:00:00 GMT', 0],
    ['-5', undefined],
    ['soon', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('reads %j', (value, wait) => expect(retryAfterMs(value, now)).toBe(wait));
});
