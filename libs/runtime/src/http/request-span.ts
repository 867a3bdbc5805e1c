import { SpanKind, SpanStatusCode, type Span } from '@opentelemetry/api';
import type { FastifyRequest } from 'fastify';
import { contextOf, noteError, tracer } from '../tracing/spans.ts';
import { isChatty, routeOf } from './request-route.ts';
import type { RequestState } from './request-state.ts';

/**
 * The span of a request (OpenTelemetry's conventions for HTTP servers): its method and its route, and nothing of its address.
 * @param traceparent Of the caller, whose trace goes on.
 * @returns Undefined for what machines ask every few seconds.
 */
export function startRequestSpan(request: FastifyRequest, traceparent: string | null): Span | undefined {
  const route = routeOf(request);
  if (isChatty(route)) return undefined;
  return tracer.startSpan(
    `${request.method} ${route}`,
    { kind: SpanKind.SERVER, attributes: { 'http.request.method': request.method, 'http.route': route } },
    contextOf(traceparent),
  );
}

/** Ends it when the answer is through, or its client gone (499). Only our own mistakes make it a failed one. */
export function endRequestSpan({ span, context, principal, error }: RequestState, status: number): void {
  if (!span?.isRecording()) return;
  span.setAttribute('http.response.status_code', status);
  if (context.requestId !== null) span.setAttribute('vaultstream.request_id', context.requestId);
  if (context.contentId !== undefined) span.setAttribute('vaultstream.content_id', context.contentId);
  if (principal) span.setAttribute('vaultstream.token_id', principal.tokenId);
  if (status >= 500) {
    if (error === undefined) span.setStatus({ code: SpanStatusCode.ERROR });
    else noteError(span, error);
  }
  span.end();
}
