import type { Socket } from 'node:net';
import type { ConnectionError, FastifyReply, FastifyRequest } from 'fastify';
import { newContext } from '../context.ts';
import { describeError } from '../problems/describe-error.ts';
import { describeHttpStatus } from '../problems/describe-http-status.ts';
import { problemBody, problemHeaders, toProblem } from '../problems/problem.ts';
import { requestIdFrom } from './request-id.ts';
import { setEdgeHeaders } from './request-hooks.ts';
import type { RequestLog } from './request-log.ts';
import { securityHeaders } from './security-headers.ts';

/** Answers what the router refuses before any hook runs: broken percent-encoding, a path parameter beyond all measure. */
export function answerRouterError(log: RequestLog, error: Error, request: FastifyRequest, reply: FastifyReply): void {
  const context = newContext(requestIdFrom(request.headers['x-request-id']), null);
  const state = { context, startedAt: performance.now(), error };
  const draft = describeError(error);
  setEdgeHeaders(reply, context);
  log.watch(request, reply, state);
  reply
    .code(draft.status)
    .headers(problemHeaders(draft))
    .send(problemBody(draft, context.requestId ?? ''));
}

const statuses: Record<string, number> = { ERR_HTTP_REQUEST_TIMEOUT: 408, HPE_HEADER_OVERFLOW: 431 };

/** Answers what Node cannot read as a request at all, or did not get in time, and hangs up. */
export function answerClientError(error: ConnectionError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  if (socket.writable && !isAnswering(socket)) socket.write(rawAnswer(statuses[error.code] ?? 400));
  socket.destroy();
}

/** Half an answer is on its way: another one behind it would be read as its rest. */
function isAnswering(socket: Socket): boolean {
  const message: unknown = Reflect.get(socket, '_httpMessage'); // as Node's own default handler does
  return typeof message === 'object' && message !== null && Reflect.get(message, 'headersSent') === true;
}

function rawAnswer(status: number): string {
  const requestId = requestIdFrom(undefined);
  const draft = {
    status,
    ...(describeHttpStatus(status) ?? { code: 'bad_request', detail: 'The request is malformed.' }),
  };
  const problem = toProblem(draft, requestId);
  const body = JSON.stringify(problem);
  const headers = {
    ...securityHeaders,
    ...problemHeaders(draft),
    'x-request-id': requestId,
    connection: 'close',
    'content-length': String(Buffer.byteLength(body)),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${status} ${problem.title}`, ...lines, '', body].join('\r\n');
}
