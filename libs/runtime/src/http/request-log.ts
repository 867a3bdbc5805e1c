import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from '../logger.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { RequestState } from './request-state.ts';

/** Routes that are asked every few seconds by machines. */
const chatty = new Set(['/livez', '/readyz', '/metrics']);

/** What stands for the route of a request that matched none: labels and logs never bear a stranger's path. */
const unmatched = 'unmatched';

/** What nginx logs for a client that hung up before it was answered. */
const clientGone = 499;

/** Writes the one log line of a request, and its metric, when its answer is through or its client is gone. */
export class RequestLog {
  constructor(
    private readonly logger: Logger,
    private readonly metrics: Metrics,
  ) {}

  write(request: FastifyRequest, reply: FastifyReply, state: RequestState): void {
    const route = (request.is404 ? undefined : request.routeOptions.url) ?? unmatched;
    const durationMs = performance.now() - state.startedAt;
    const status = reply.raw.writableFinished ? reply.raw.statusCode : clientGone;
    this.observe(request.method, route, status, durationMs);
    const failed = status >= 500;
    const level = failed ? 'error' : chatty.has(route) ? 'debug' : 'info';
    this.logger[level](
      {
        name: 'http.request',
        method: request.method,
        route,
        status,
        duration_ms: Math.round(durationMs * 10) / 10,
        ...(state.principal ? { token_id: state.principal.tokenId } : {}),
        ...(state.error === undefined ? {} : { error_type: errorType(state.error) }),
        ...(failed && state.error !== undefined ? { err: state.error } : {}),
      },
      'http.request',
    );
  }

  /** For requests that end before they have a state: an address that cannot be decoded. */
  observe(method: string, route: string, status: number, durationMs: number): void {
    const labels = { method, route, status: String(status) };
    this.metrics.histogram('http_request_duration_seconds').observe(labels, durationMs / 1_000);
  }
}

function errorType(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
