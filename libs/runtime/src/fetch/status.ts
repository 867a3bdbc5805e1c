import { AccessDenied, BadPayload, NetworkError, NotFound, RateLimited, UpstreamError } from '@vaultstream/contracts';
import type { GuardedResponse } from './types.ts';

/** The longest wait that a stranger's Retry-After can impose: one day, in milliseconds. */
const maxRetryAfterMs = 86_400_000;

/**
 * Milliseconds that a Retry-After header asks for, between 0 and a day.
 *
 * @param value Seconds or an HTTP date (RFC 9110 section 10.2.3).
 * @param now Milliseconds since the epoch.
 * @returns Undefined when absent or malformed.
 */
export function retryAfterMs(value: string | undefined, now: number = Date.now()): number | undefined {
  const text = value?.trim() ?? '';
  const wait = /^\d+(\.\d+)?$/.test(text)
    ? Number(text) * 1_000
    : /[a-z]{3}/i.test(text)
      ? Date.parse(text) - now
      : NaN;
  return Number.isNaN(wait) ? undefined : Math.min(Math.max(Math.ceil(wait), 0), maxRetryAfterMs);
}

/**
 * @returns The same response when its status is below 300.
 * @throws AccessDenied (401, 403), NotFound (404, 410), NetworkError (408, 425), RateLimited (429), UpstreamError (5xx),
 *   BadPayload (the rest, and a redirect that was not followed: 300, 304, 305, or one that says not where to), each with `status`, and with `retryAfterMs` where the server said so and a retry makes sense.
 */
export function raiseForStatus(response: GuardedResponse): GuardedResponse {
  const { status } = response;
  if (status < 300) return response;
  const message = `${new URL(response.url).host} answered ${status}`;
  const later = { status, retryAfterMs: retryAfterMs(response.headers['retry-after']) };
  if (status === 401 || status === 403) throw new AccessDenied(message, { status });
  if (status === 404 || status === 410) throw new NotFound(message, { status });
  if (status === 408 || status === 425) throw new NetworkError(message, later);
  if (status === 429) throw new RateLimited(message, later);
  if (status >= 500) throw new UpstreamError(message, later);
  throw new BadPayload(message, { status });
}
