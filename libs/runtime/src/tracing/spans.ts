import {
  context,
  ROOT_CONTEXT,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Attributes,
  type Context,
  type Link,
  type Span,
  type SpanContext,
  type SpanOptions,
} from '@opentelemetry/api';
import { isVaultError } from '@vaultstream/contracts';
import { parseTraceparent } from '../context.ts';
import { isError } from '../is-error.ts';

/** Makes our own spans; does nothing where no SDK is set up. */
export const tracer = trace.getTracer('vaultstream');

/**
 * Does `work` within a span: what it awaits sees the span as the active one. An error ends the span as failed and is thrown on; a `Later`
 * is none: it says that now is not the time.
 * @param name Low in number: no id, no address.
 * @param attributes Small facts. Secrets and addresses are taken out when they leave, but do not count on it.
 * @param options Of the span; `parent` in place of the active one.
 */
export async function inSpan<T>(
  name: string,
  attributes: Attributes,
  work: (span: Span) => Promise<T>,
  { parent = context.active(), ...options }: Pick<SpanOptions, 'kind' | 'links'> & { parent?: Context } = {},
): Promise<T> {
  return tracer.startActiveSpan(name, { ...options, attributes }, parent, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      noteError(span, error);
      throw error;
    } finally {
      span.end();
    }
  });
}

/** Marks a span as failed, with the kind and the message of the error. */
export function noteError(span: Span, error: unknown): void {
  if (!span.isRecording()) return;
  const type = isError(error) ? error.name : typeof error;
  span.setAttribute('error.type', type);
  if (isVaultError(error) && error.disposition === 'later') return;
  span.setStatus({ code: SpanStatusCode.ERROR, message: isError(error) ? `${type}: ${error.message}` : type });
}

/** What a span elsewhere is the parent of; the root where there is none. */
export function contextOf(traceparent: string | null): Context {
  const place = placeOf(traceparent);
  return place === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, place);
}

/** A link to a span elsewhere; none where there is none. */
export function linksTo(traceparent: string | null | undefined, attributes: Attributes = {}): Link[] {
  const place = placeOf(traceparent ?? null);
  return place === undefined ? [] : [{ context: place, attributes }];
}

function placeOf(traceparent: string | null): SpanContext | undefined {
  const place = parseTraceparent(traceparent);
  if (place === null) return undefined;
  const { traceId, spanId, sampled } = place;
  return { traceId, spanId, traceFlags: sampled ? TraceFlags.SAMPLED : TraceFlags.NONE, isRemote: true };
}
