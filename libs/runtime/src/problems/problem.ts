import type { InputIssue, Problem } from '@vaultstream/contracts';

/** Media type of every error answer (RFC 9457). */
export const problemType = 'application/problem+json';

/** The phrases of RFC 9110 (and 6585) for the statuses that we answer with. */
const titles: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  409: 'Conflict',
  413: 'Content Too Large',
  414: 'URI Too Long',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
};

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
    title: titles[draft.status] ?? 'Error',
    status: draft.status,
    detail: draft.detail,
    code: draft.code,
    request_id: requestId,
    ...(draft.errors?.length ? { errors: draft.errors } : {}),
  };
}

/** The same as bytes: text would get a charset, which this media type does not have. */
export function problemBody(draft: ProblemDraft, requestId: string): Buffer {
  return Buffer.from(JSON.stringify(toProblem(draft, requestId)));
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
