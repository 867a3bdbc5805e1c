import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { trace } from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { WakeUp } from '@vaultstream/contracts';
import { inHandOver } from './hand-over-span.ts';

const exporter = new InMemorySpanExporter();
const traceId = (n: number) => n.toString(16).padStart(32, '0');
const spanId = 'a'.repeat(16);
const wakeUp = (traceparent: string | null): WakeUp => ({
  taskId: 't',
  generation: 1,
  queue: 'parse',
  priority: 5,
  trace: { request_id: null, traceparent },
});
const traced = (n: number, flags = '01') => wakeUp(`00-${traceId(n)}-${spanId}-${flags}`);

describe('the span of a hand-over', () => {
  beforeAll(() => {
    trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }));
  });
  afterAll(() => trace.disable());
  beforeEach(() => exporter.reset());

  it('is one for a batch: a part of the first recorded trace, with links to the others, each once', async () => {
    const batch = [wakeUp(null), traced(1, '00'), traced(2), traced(3), traced(2), traced(4, '03')];
    await inHandOver('parse', 'redis', batch, async () => undefined);
    const [span, ...more] = exporter.getFinishedSpans();
    expect(more).toEqual([]);
    expect(span?.spanContext().traceId).toBe(traceId(2));
    expect(span?.parentSpanContext?.spanId).toBe(spanId);
    expect(span?.links.map(({ context }) => context.traceId)).toEqual([traceId(3), traceId(4)]);
    expect(span?.attributes).toMatchObject({ 'messaging.batch.message_count': 6, 'vaultstream.broker': 'redis' });
  });

  it('is none where nothing is recorded, and the batch goes all the same', async () => {
    let published = 0;
    await inHandOver('parse', 'redis', [wakeUp(null), traced(1, '00')], async () => void published++);
    expect(published).toBe(1);
    expect(exporter.getFinishedSpans()).toEqual([]);
  });

  it('has no more links than a span can hold, and tells that the broker was away', async () => {
    const batch = Array.from({ length: 500 }, (_, index) => traced(index + 1));
    const away = new Error('the broker is away');
    await expect(inHandOver('parse', 'redis', batch, () => Promise.reject(away))).rejects.toBe(away);
    const [span] = exporter.getFinishedSpans();
    expect(span).toMatchObject({ status: { code: 2 }, droppedLinksCount: 0 });
    expect(span?.links).toHaveLength(127);
  });
});
