import { STATUS_CODES } from 'node:http';
import type { InputIssue, Problem } from '@vaultstream/contracts';

/** Media type of every error answer (RFC 9457). */
export const problemType = 'application/problem+json';

/** An error as HTTP tells it, before the request's id is known. */
export interface ProblemDraft {
  status: number;
  /** Stable, for machines: the end of `type`. */
  code: string;
  /** For people. Holds no stack, SQL, path or secret. */
  detail: string;
  errors?: InputIssue[];
  /** Milliseconds; becomes `Retry-After`. */
  retryAfterMs?: number;
}

/** The body of an error answer. */
export function toProblem(draft: ProblemDraft, requestId: string): Problem {
  return {
    type: `urn:vaultstream:problem:${draft.code}`,
    title: STATUS_CODES[draft.status] ?? 'Error',
    status: draft.status,
    detail: draft.detail,
    code: draft.code,
    request_id: requestId,
    ...(draft.errors?.length ? { errors: draft.errors } : {}),
  };
}

/** The headers that belong to an error answer, in lower case. */
export function problemHeaders(draft: ProblemDraft): Record<string, string> {
  return {
    'content-type': problemType,
    ...(draft.status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
    ...(draft.retryAfterMs === undefined ? {} : { 'retry-after': retryAfterSeconds(draft.retryAfterMs) }),
  };
}

/** `Retry-After` counts whole seconds; never 0, which invites a storm. */
function retryAfterSeconds(ms: number): string {
  return String(Math.max(1, Math.ceil(ms / 1_000)));
}
