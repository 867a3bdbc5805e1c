import { describe, expect, it } from '@jest/globals';
import { context as otel, ROOT_CONTEXT, trace, type ContextManager } from '@opentelemetry/api';
import {
  activeSpanContext,
  annotateContext,
  currentContext,
  currentTrace,
  newContext,
  runInContext,
  spanTraceparent,
} from './context.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const spanId = '00f067aa0ba902b7';

describe('context', () => {
  it.each([
    ['00', false],
    ['01', true],
    // Other bits say nothing of sampling (bit 1: the trace id is random).
    ['02', false],
    ['03', true],
  ])('continues a valid traceparent, and its decision to record: flags %s', (flags, sampled) => {
    expect(newContext('r', `00-${traceId}-${spanId}-${flags}`)).toEqual({ requestId: 'r', traceId, spanId, sampled });
  });

  it('begins a trace that nobody records where none comes along', () => {
    expect(newContext('r', null).sampled).toBe(false);
  });

  it.each([
    null,
    '',
    'junk',
    `00-${'0'.repeat(32)}-${spanId}-01`,
    `00-${traceId}-${'0'.repeat(16)}-01`,
    `00-${traceId.toUpperCase()}-${spanId}-01`,
    `ff-${traceId}-${spanId}-01`,
    `00-${traceId}-${spanId}-01\n`,
  ])('starts a new trace instead of %j', (traceparent) => {
    const context = newContext(null, traceparent);
    expect(context.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(context.spanId).toMatch(/^[0-9a-f]{16}$/);
    expect(context.traceId).not.toBe(traceId);
  });

  it('is seen by everything awaited inside, and by nothing outside', async () => {
    const one = newContext('one', null);
    const two = newContext('two', null);
    const seen = await Promise.all(
      [one, two].map((context) =>
        runInContext(context, async () => {
          await new Promise((resolve) => setImmediate(resolve));
          annotateContext({ taskId: `task of ${context.requestId}` });
          return currentContext();
        }),
      ),
    );
    expect(seen.map((context) => context?.taskId)).toEqual(['task of one', 'task of two']);
    expect(currentContext()).toBeUndefined();
  });

  it.each([0, 1])('lets the active OpenTelemetry span win, with its flag %d', (traceFlags) => {
    const active = trace.setSpan(ROOT_CONTEXT, trace.wrapSpanContext({ traceId, spanId, traceFlags }));
    const manager: ContextManager = {
      active: () => active,
      with: (_, work, self, ...args) => work.apply(self, args),
      bind: (_, target) => target,
      enable: () => manager,
      disable: () => manager,
    };
    expect(activeSpanContext()).toBeUndefined();
    otel.setGlobalContextManager(manager);
    try {
      expect(spanTraceparent(activeSpanContext())).toBe(`00-${traceId}-${spanId}-0${traceFlags}`);
      const inside = runInContext(newContext('r', null), currentTrace);
      expect(inside).toEqual({ request_id: 'r', traceparent: `00-${traceId}-${spanId}-0${traceFlags}` });
    } finally {
      otel.disable();
    }
  });

  it.each(['00', '01'])('gives a task what it needs to continue the trace, flags %s included', (flags) => {
    const traceparent = `00-${traceId}-${spanId}-${flags}`;
    expect(runInContext(newContext('r', traceparent), currentTrace)).toEqual({ request_id: 'r', traceparent });
    expect(currentTrace()).toEqual({ request_id: null, traceparent: null });
  });
});
