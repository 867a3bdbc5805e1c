import { errorCode } from '../is-error.ts';
import type { ProblemDraft } from './problem.ts';

/** What the framework refuses before any of our code runs, by status. */
const refusals: Record<number, Omit<ProblemDraft, 'status'>> = {
  400: { code: 'bad_request', detail: 'The request is malformed.' },
  404: { code: 'not_found', detail: 'There is nothing at this address.' },
  405: { code: 'method_not_allowed', detail: 'This address does not answer to this method.' },
  408: { code: 'request_timeout', detail: 'The request did not arrive in time.' },
  413: {
    code: 'body_too_large',
    detail: 'The body is too large.',
    errors: [{ path: 'body', message: 'is too large' }],
  },
  414: { code: 'address_too_long', detail: 'The address is too long.' },
  415: {
    code: 'unsupported_media_type',
    detail: 'Bodies are JSON: send Content-Type: application/json.',
    errors: [{ path: 'headers.content-type', message: 'must be application/json' }],
  },
  431: { code: 'headers_too_large', detail: 'The headers are too large.' },
  503: { code: 'unavailable', detail: 'The server is stopping. Please try again.', retryAfterMs: 1_000 },
};

/** Refusals that a status alone does not describe, by Fastify's error code. */
const byCode: Record<string, Omit<ProblemDraft, 'status'>> = {
  FST_ERR_BAD_URL: {
    code: 'bad_request',
    detail: 'The address is malformed: its percent-encoding cannot be decoded.',
    errors: [{ path: 'path', message: 'must be valid percent-encoding' }],
  },
};

/**
 * The answer for a status that the framework chose; undefined for what is our own fault. The framework's messages are never
 * told: they quote the address, query and all.
 */
export function describeHttpStatus(status: number, cause?: unknown): ProblemDraft | undefined {
  const refusal = byCode[errorCode(cause) ?? ''] ?? refusals[status];
  if (refusal) return { status, ...refusal };
  if (status >= 400 && status < 500) return { status, code: 'bad_request', detail: 'The request is refused.' };
  return undefined;
}
