/** What a status of a problem means here. The body says it for the case at hand. */
export const problemDescriptions: Readonly<Record<number, string>> = {
  400: 'The request is not valid; `errors` names the fields.',
  401: 'There is no token, or one that is not known, expired or revoked.',
  403: 'The token lacks a scope.',
  404: 'There is no such thing.',
  409: 'The present state forbids it.',
  413: 'The body is larger than 1 MiB.',
  415: 'The body is not JSON.',
  422: 'The Idempotency-Key was used with another request.',
  429: 'Too many requests: see Retry-After.',
  503: 'A part of ours is away, or we are shutting down: see Retry-After.',
};
