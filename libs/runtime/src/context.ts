import { AsyncLocalStorage } from 'node:async_hooks';
import { randomFillSync } from 'node:crypto';
import { isSpanContextValid, trace } from '@opentelemetry/api';
import type { TraceContext } from '@vaultstream/contracts';

/** What every log line of one request or one task run bears. */
export interface RunContext {
  requestId: string | null;
  /** 32 hex. */
  traceId: string;
  /** 16 hex: the span that started this run. */
  spanId: string;
  contentId?: number;
  taskId?: string;
  targetId?: string;
}

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

/** A new context; continues `traceparent` (W3C) where there is a valid one, else starts a trace. */
export function newContext(requestId: string | null, traceparent: string | null): RunContext {
  const [, traceId, spanId] = /^00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/.exec(traceparent ?? '') ?? [];
  const valid = traceId !== undefined && spanId !== undefined && !/^0+$/.test(traceId) && !/^0+$/.test(spanId);
  return {
    requestId,
    traceId: valid ? traceId : randomHex(16),
    spanId: valid ? spanId : randomHex(8),
  };
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

/** The active OpenTelemetry span as a `traceparent`; null where no SDK is set up. */
export function activeTraceparent(): string | null {
  const span = trace.getActiveSpan()?.spanContext();
  return span && isSpanContextValid(span) ? `00-${span.traceId}-${span.spanId}-01` : null;
}

/** What to store in a task row so that its run continues this trace. The active OpenTelemetry span wins where a SDK is set up. */
export function currentTrace(): TraceContext {
  const context = storage.getStore();
  return {
    request_id: context?.requestId ?? null,
    traceparent: activeTraceparent() ?? (context ? `00-${context.traceId}-${context.spanId}-01` : null),
  };
}
