import { HttpException } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { runInContext } from '../context.ts';
import { errorCode, isError } from '../is-error.ts';
import type { Logger } from '../logger.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { isChatty, routeOf } from './request-route.ts';
import { endRequestSpan } from './request-span.ts';
import type { RequestState } from './request-state.ts';

/** What nginx logs for a client that hung up before it was answered. */
const clientGone = 499;

/** Writes the one log line of a request, and its metric, when its answer is through or its client is gone. */
export class RequestLog {
  constructor(
    private readonly logger: Logger,
    private readonly metrics: Metrics,
  ) {}

  /** Watches the answer. Both its ends count: a client that hangs up is never answered, and must be seen too. */
  watch(request: FastifyRequest, reply: FastifyReply, state: RequestState): void {
    let finished = false;
    reply.raw.once('finish', () => (finished = true));
    reply.raw.once('close', () => {
      const status = finished ? reply.raw.statusCode : state.cutOff ? 500 : clientGone;
      runInContext(state.context, () => this.write(request, status, state));
    });
  }

  private write(request: FastifyRequest, status: number, state: RequestState): void {
    const route = routeOf(request);
    const durationMs = performance.now() - state.startedAt;
    this.metrics
      .histogram('http_request_duration_seconds')
      .observe({ method: request.method, route, status: String(status) }, durationMs / 1_000);
    endRequestSpan(state, status);
    this.logger[levelOf(status, route)](
      {
        name: 'http.request',
        method: request.method,
        route,
        status,
        duration_ms: Math.round(durationMs * 10) / 10,
        ...(state.principal ? { token_id: state.principal.tokenId } : {}),
        ...(state.error === undefined ? {} : { error_type: errorType(state.error) }),
        ...(status >= 500 && state.error !== undefined ? { err: state.error } : {}),
      },
      'http.request',
    );
  }
}

/** Our own mistakes are errors; a part or a service that is away is a warning; the caller's mistakes are his. */
function levelOf(status: number, route: string): 'error' | 'warn' | 'info' | 'debug' {
  if (status === 500) return 'error';
  if (status > 500) return isChatty(route) ? 'debug' : 'warn';
  return isChatty(route) ? 'debug' : 'info';
}

/** The framework's errors all have one name; their code tells them apart. */
function errorType(error: unknown): string {
  if (!isError(error)) return typeof error;
  const code = errorCode(error instanceof HttpException ? error.cause : error);
  return code?.startsWith('FST_') ? code : error.name;
}
