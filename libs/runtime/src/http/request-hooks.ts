import { context as otel, trace } from '@opentelemetry/api';
import { InvalidInput, Later } from '@vaultstream/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RequestAuthenticator } from '../auth/request-authenticator.ts';
import { formatTraceparent, newContext, runInContext, spanTraceparent, type RunContext } from '../context.ts';
import { corsFor } from './cors.ts';
import type { HttpLimits } from './http-options.ts';
import type { RequestLog } from './request-log.ts';
import { requestIdFrom } from './request-id.ts';
import { openRequestState } from './request-state.ts';
import { securityHeaders } from './security-headers.ts';
import { startRequestSpan } from './request-span.ts';
import { dropBody } from './unread-request.ts';

type Done = (error?: Error) => void;

/** Paths that are answered while the server closes too: dying is not being dead. */
const alwaysOpen = '/livez';

/**
 * The first thing that happens to a request: it gets its id, its trace and its headers, and everything that follows runs in
 * its context. The headers go to the raw answer, so that errors and streams carry them as well.
 */
export function createRequestHook(
  log: () => RequestLog,
  limits: HttpLimits,
  corsOrigins: readonly string[],
  isClosing: () => boolean,
) {
  const allowOrigins = corsFor(corsOrigins);
  return (request: FastifyRequest, reply: FastifyReply, done: Done): void => {
    const { headers } = request;
    const traceparent = typeof headers.traceparent === 'string' ? headers.traceparent : null;
    const requestId = requestIdFrom(headers['x-request-id']);
    const span = startRequestSpan(request, traceparent);
    const context = newContext(requestId, spanTraceparent(span?.spanContext()) ?? traceparent);
    const state = openRequestState(request, context, span);
    setEdgeHeaders(reply, context);
    if (isClosing()) reply.raw.setHeader('connection', 'close');
    log().watch(request, reply, state);
    const refused = refusal(request, limits.urlLength, isClosing());
    if (refused) dropBody(request, limits.bodyBytes);
    if (!refused && allowOrigins(request, reply)) return;
    const active = span ? trace.setSpan(otel.active(), span) : otel.active();
    otel.with(active, () => runInContext(context, () => done(refused)));
  };
}

/**
 * The second thing: who it comes from, before its body is read. The body of a request that is refused here is dropped.
 * @param bodyBytes How much of it is dropped before the connection is cut.
 */
export function createAuthenticationHook(authenticator: () => RequestAuthenticator, bodyBytes: number) {
  return async (request: FastifyRequest): Promise<void> => {
    try {
      await authenticator().authenticate(request);
    } catch (error) {
      dropBody(request, bodyBytes);
      throw error;
    }
  };
}

/**
 * What every answer carries: the request's id, its place in our traces and logs (`traceresponse` of W3C Trace Context level 2), and the
 * security headers.
 */
export function setEdgeHeaders(reply: FastifyReply, context: RunContext): void {
  reply.raw.setHeader('x-request-id', context.requestId ?? '');
  reply.raw.setHeader('traceresponse', formatTraceparent(context));
  for (const [name, value] of Object.entries(securityHeaders)) reply.raw.setHeader(name, value);
}

function refusal(request: FastifyRequest, urlLength: number, closing: boolean): Error | undefined {
  const { url = '' } = request.raw;
  if (url.length > urlLength)
    return new InvalidInput(
      `The address is longer than ${urlLength} characters.`,
      [{ path: 'path', message: 'is too long' }],
      {
        status: 414,
        code: 'address_too_long',
      },
    );
  if (closing && url !== alwaysOpen)
    return new Later('The server is stopping. Please try again.', { retryAfterMs: 1_000 });
  return undefined;
}
