import { HttpException } from '@nestjs/common';
import { InvalidInput, isVaultError, type VaultError } from '@vaultstream/contracts';
import { errorCode, isError } from '../is-error.ts';
import { redactText } from '../redact.ts';
import { describeHttpStatus } from './describe-http-status.ts';
import type { ProblemDraft } from './problem.ts';
import { ReplayedProblem } from './replayed-problem.ts';

/** How long a client waits when one of our own parts is away and nobody knows for how long: milliseconds. */
const defaultRetryAfterMs = 5_000;

const internal: ProblemDraft = {
  status: 500,
  code: 'internal',
  detail: 'Something went wrong on our side. The request id finds it in our logs.',
};

/** The answers to the errors of contracts, by name. A fixed `detail` replaces messages that may tell about our insides. */
const answers: Record<string, { status: number; code: string; detail?: string; retryAfterMs?: number }> = {
  NotFound: { status: 404, code: 'not_found' },
  Conflict: { status: 409, code: 'conflict' },
  Refused: { status: 400, code: 'refused' },
  Unsupported: { status: 400, code: 'unsupported' },
  BadPayload: { status: 422, code: 'bad_payload' },
  Unauthenticated: { status: 401, code: 'unauthenticated' },
  AccessDenied: { status: 403, code: 'access_denied' },
  RateLimited: { status: 429, code: 'rate_limited', retryAfterMs: defaultRetryAfterMs },
  Later: { status: 503, code: 'later', retryAfterMs: defaultRetryAfterMs },
  Overloaded: { status: 503, code: 'later', retryAfterMs: defaultRetryAfterMs },
  InfrastructureError: {
    status: 503,
    code: 'unavailable',
    detail: 'A part that this request needs is away. Please try again.',
    retryAfterMs: defaultRetryAfterMs,
  },
  SecretError: {
    status: 503,
    code: 'unavailable',
    detail: 'A stored secret cannot be read: /health says more. Set it anew, or bring the key for secrets back.',
    retryAfterMs: defaultRetryAfterMs,
  },
  NetworkError: { status: 502, code: 'upstream_unreachable', detail: 'Another service could not be reached.' },
  UpstreamError: { status: 502, code: 'upstream_failed', detail: 'Another service failed.' },
  OutcomeUnknown: { status: 502, code: 'outcome_unknown', detail: 'Another service did not say whether it did this.' },
};

/**
 * What the client is told about an error. Ours are told with their message, the framework's by their status; whatever we do
 * not know is 500 with a fixed text (a stray ZodError too: input is parsed by our pipes, so that one is our own fault).
 */
export function describeError(error: unknown): ProblemDraft {
  if (error instanceof ReplayedProblem) return error.draft;
  if (isVaultError(error)) return describeVaultError(error);
  if (error instanceof HttpException) return describeHttpStatus(error.getStatus(), error.cause) ?? internal;
  return describeHttpStatus(statusOf(error), error) ?? internal;
}

function describeVaultError(error: VaultError): ProblemDraft {
  if (isInvalidInput(error)) return describeInvalidInput(error);
  const answer = answers[error.name];
  if (!answer) return internal;
  const retryAfterMs = error.retryAfterMs ?? answer.retryAfterMs;
  return { ...answer, detail: answer.detail ?? redactText(error.message), retryAfterMs };
}

function describeInvalidInput(error: InvalidInput): ProblemDraft {
  const status = error.status !== undefined && error.status >= 400 && error.status < 500 ? error.status : 400;
  return {
    status,
    code: error.code,
    detail: redactText(error.message),
    errors: error.issues.map(({ path, message }) => ({ path, message: redactText(message) })),
    retryAfterMs: error.retryAfterMs,
  };
}

/** By name, so that a second copy of the contracts module does not turn a 400 into a 500. */
function isInvalidInput(error: VaultError): error is InvalidInput {
  return error instanceof InvalidInput || (error.name === 'InvalidInput' && 'issues' in error);
}

/** Fastify's own errors bear a `statusCode` and a `code` that begins with FST_. Nobody else's status is believed. */
function statusOf(error: unknown): number {
  if (!isError(error) || !errorCode(error)?.startsWith('FST_') || !('statusCode' in error)) return 500;
  return typeof error.statusCode === 'number' ? error.statusCode : 500;
}
