import type { FastifyReply, FastifyRequest } from 'fastify';
import { findRequestState } from '../http/request-state.ts';
import { securityHeaders } from '../http/security-headers.ts';
import { describeError } from './describe-error.ts';
import { problemBody, problemHeaders } from './problem.ts';

/** What a handler may have said of the body that it then failed to give. */
const headersOfTheBody = [
  'accept-ranges',
  'content-disposition',
  'content-encoding',
  'content-length',
  'content-range',
  'etag',
  'last-modified',
];

/** Answers an error with a problem document. The error itself goes into the request's one log line. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const state = findRequestState(request);
  if (state) state.error = error;
  if (reply.sent || reply.raw.headersSent) {
    // The answer is already under way: cutting it off is the only way left to say that it is not whole.
    if (reply.raw.writableEnded) return;
    if (state) state.cutOff = true;
    reply.raw.destroy();
    return;
  }
  for (const name of headersOfTheBody) reply.removeHeader(name);
  const draft = describeError(error);
  // Fastify hangs up on a body that is too large. The reset would overtake the answer, and a client that is still sending
  // would never read it. So the rest is read and dropped instead, within the time that any request may take.
  if (draft.status === 413) reply.removeHeader('connection');
  reply
    .code(draft.status)
    .headers({ ...securityHeaders, ...problemHeaders(draft) })
    .send(problemBody(draft, state?.context.requestId ?? ''));
}
