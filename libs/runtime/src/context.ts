import { AsyncLocalStorage } from 'node:async_hooks';
import { randomFillSync } from 'node:crypto';
import { isSpanContextValid, trace, TraceFlags, type Span, type SpanContext } from '@opentelemetry/api';
import type { TraceContext } from '@vaultstream/contracts';

/** What every log line of one request or one task run bears. */
export interface RunContext {
  requestId: string | null;
  /** 32 hex. */
  traceId: string;
  /** 16 hex: the span that started this run. */
  spanId: string;
  /** Whether the trace is recorded, as whoever began it has decided: a trace is recorded whole or not at all. */
  sampled: boolean;
  contentId?: number;
  taskId?: string;
  targetId?: string;
}

/** A place in a trace: what a `traceparent` says. */
export type TracePlace = Pick<RunContext, 'traceId' | 'spanId' | 'sampled'>;

const storage = new AsyncLocalStorage<RunContext>();

/** The context of the running request or task, if any. */
export function currentContext(): RunContext | undefined {
  return storage.getStore();
}

/** Runs `work` inside a context; everything it awaits sees it. */
export function runInContext<T>(context: RunContext, work: () => T): T {
  return storage.run(context, work);
}

/** Adds facts learnt on the way (such as the content's id) to the running context. */
export function annotateContext(facts: Partial<Pick<RunContext, 'contentId' | 'taskId' | 'targetId'>>): void {
  const context = storage.getStore();
  if (context) Object.assign(context, facts);
}

/** A new context; continues `traceparent` (W3C) where there is a valid one, else starts a trace, which nobody records. */
export function newContext(requestId: string | null, traceparent: string | null): RunContext {
  const { traceId, spanId, sampled } = parseTraceparent(traceparent) ?? {
    traceId: randomHex(16),
    spanId: randomHex(8),
    sampled: false,
  };
  return { requestId, traceId, spanId, sampled };
}

/** What a `traceparent` (W3C Trace Context level 1) says; null unless it is a valid one. */
export function parseTraceparent(traceparent: string | null): TracePlace | null {
  const [, traceId, spanId, flags] = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(traceparent ?? '') ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return null;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return null;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & TraceFlags.SAMPLED) !== 0 };
}

/** A place in a trace as a `traceparent`, with the decision whether it is recorded. */
export function formatTraceparent({ traceId, spanId, sampled }: TracePlace): string {
  return `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;
}

/** Random bytes are drawn ahead: each call for a few costs as much as one for thousands. */
const pool = Buffer.alloc(4_096);
let drawn = pool.length;

function randomHex(bytes: number): string {
  if (drawn + bytes > pool.length) {
    randomFillSync(pool);
    drawn = 0;
  }
  drawn += bytes;
  return pool.toString('hex', drawn - bytes, drawn);
}

/** The ids of the active OpenTelemetry span; undefined where no SDK is set up. */
export function activeSpanContext(): SpanContext | undefined {
  const span = trace.getActiveSpan()?.spanContext();
  return span && isSpanContextValid(span) ? span : undefined;
}

/** A span's place in its trace as a `traceparent`; null for one that has none, as where no SDK is set up. */
export function spanTraceparent(span: SpanContext | undefined): string | null {
  if (span === undefined || !isSpanContextValid(span)) return null;
  return formatTraceparent({ ...span, sampled: (span.traceFlags & TraceFlags.SAMPLED) !== 0 });
}

/** The running context goes on as this span: what it logs and appends belongs to the span's trace. Nothing where no SDK is set up. */
export function followSpan(span: Span): void {
  const context = storage.getStore();
  const place = parseTraceparent(spanTraceparent(span.spanContext()));
  if (context && place) Object.assign(context, place);
}

/** What to store in a task row so that its run continues this trace. The active OpenTelemetry span wins where a SDK is set up. */
export function currentTrace(): TraceContext {
  const context = storage.getStore();
  return {
    request_id: context?.requestId ?? null,
    traceparent: spanTraceparent(activeSpanContext()) ?? (context ? formatTraceparent(context) : null),
  };
}
