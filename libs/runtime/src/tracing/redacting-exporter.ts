import { ExportResultCode, type ExportResult } from '@opentelemetry/core';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import { redactAttributes, redactSpanText } from './redact-attributes.ts';

/** Characters of what a span says of its failure: SDKs bound attributes only. */
const messageLength = 1_024;

/**
 * The only way that spans leave this process: secrets and strangers' addresses are taken out of everything in them that is text. A batch that
 * cannot be sent is counted and forgotten, so that nothing piles up.
 */
export class RedactingExporter implements SpanExporter {
  constructor(
    private readonly inner: SpanExporter,
    private readonly onFailure: (error: unknown) => void,
  ) {}

  export(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    this.inner.export(spans.map(redactSpan), (result) => {
      if (result.code !== ExportResultCode.SUCCESS) this.onFailure(result.error);
      // The processor would complain of each failure on the console.
      done({ code: ExportResultCode.SUCCESS });
    });
  }

  shutdown(): Promise<void> {
    return this.inner.shutdown();
  }

  async forceFlush(): Promise<void> {
    await this.inner.forceFlush?.();
  }
}

/** The same span without secrets. */
function redactSpan(span: ReadableSpan): ReadableSpan {
  const { status } = span;
  return {
    name: redactSpanText(span.name),
    kind: span.kind,
    spanContext: () => span.spanContext(),
    ...(span.parentSpanContext && { parentSpanContext: span.parentSpanContext }),
    startTime: span.startTime,
    endTime: span.endTime,
    status:
      status.message === undefined
        ? status
        : { ...status, message: redactSpanText(status.message).slice(0, messageLength) },
    attributes: redactAttributes(span.attributes),
    links: span.links.map((link) => ({
      ...link,
      ...(link.attributes && { attributes: redactAttributes(link.attributes) }),
    })),
    events: span.events.map((event) => ({
      ...event,
      name: redactSpanText(event.name),
      ...(event.attributes && { attributes: redactAttributes(event.attributes) }),
    })),
    duration: span.duration,
    ended: span.ended,
    resource: span.resource,
    instrumentationScope: span.instrumentationScope,
    droppedAttributesCount: span.droppedAttributesCount,
    droppedEventsCount: span.droppedEventsCount,
    droppedLinksCount: span.droppedLinksCount,
  };
}
