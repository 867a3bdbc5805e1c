import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { detectResources, resourceAttributesEnvDetector, resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  SamplingDecision,
  TraceIdRatioBasedSampler,
  TracerProvider,
  type Sampler,
} from '@opentelemetry/sdk-trace';
import { v7 as uuidv7 } from 'uuid';
import type { TracingSettings } from '../env.ts';
import { RedactingExporter } from './redacting-exporter.ts';
import { traceExports } from './trace-exports.ts';

/** Characters of one attribute, such as the message of an error. */
const valueLength = 1_024;

/** Milliseconds that a batch may take, tries included: half of what it may wait for the next one by default. */
const exportTimeoutMs = 5_000;

/**
 * Sets OpenTelemetry up for this process: spans in batches over OTLP/HTTP with JSON. There is no propagator: only our own task rows and our
 * own callers hand traces on (`context.ts`), and no stranger's server gets to see one.
 */
export async function startSdk(service: string, settings: TracingSettings): Promise<void> {
  const exporter = new RedactingExporter(
    new OTLPTraceExporter({ url: settings.url, headers: settings.headers, timeoutMillis: exportTimeoutMs }),
    (error) => traceExports.failed(error),
  );
  const provider = new TracerProvider({
    sampler: withoutOrphans(samplerOf(settings)),
    resource: detectResources({ detectors: [resourceAttributesEnvDetector] }).merge(
      resourceFromAttributes({
        'service.name': settings.serviceName ?? service,
        'service.namespace': 'vaultstream',
        'service.instance.id': uuidv7(),
        'process.pid': process.pid,
      }),
    ),
    spanLimits: { attributeValueLengthLimit: valueLength },
    spanProcessors: [
      new BatchSpanProcessor({
        exporter,
        scheduledDelayMillis: settings.delayMs,
        maxQueueSize: settings.queueSize,
        maxExportBatchSize: Math.min(512, settings.queueSize),
      }),
    ],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(provider);
  await watchLibraries(settings);
  traceExports.started(() => provider.shutdown());
}

/** Calls that libraries make become spans where a span of ours is under way: polls of the relay and the like are nobody's work. */
async function watchLibraries({ statements, objectStore }: TracingSettings): Promise<void> {
  new UndiciInstrumentation({ requireParentforSpans: true });
  if (objectStore) {
    const { AwsInstrumentation } = await import('@opentelemetry/instrumentation-aws-sdk');
    new AwsInstrumentation({
      // Asking whether an object is there is no failure when it is not.
      exceptionHook(span, _, error: unknown) {
        if (isNotFound(error)) span.setStatus({ code: SpanStatusCode.OK });
      },
    });
  }
  if (statements) {
    const { PgInstrumentation } = await import('@opentelemetry/instrumentation-pg');
    new PgInstrumentation({ requireParentSpan: true, ignoreConnectSpans: true });
  }
}

/** What the AWS SDK throws for an object that is not there. */
function isNotFound(error: unknown): boolean {
  const { $metadata } = (error ?? {}) as { $metadata?: { httpStatusCode?: number } };
  return $metadata?.httpStatusCode === 404;
}

/** A library's call that belongs to nothing, such as the look at the object store for `/health`, begins no trace. */
function withoutOrphans(sampler: Sampler): Sampler {
  return {
    shouldSample(parent, traceId, name, kind, attributes, links) {
      if (kind === SpanKind.CLIENT && trace.getSpanContext(parent) === undefined)
        return { decision: SamplingDecision.NOT_RECORD };
      return sampler.shouldSample(parent, traceId, name, kind, attributes, links);
    },
    toString: () => sampler.toString(),
  };
}

function samplerOf({ sampler, ratio }: TracingSettings): Sampler {
  switch (sampler) {
    case 'always_on':
      return new AlwaysOnSampler();
    case 'always_off':
      return new AlwaysOffSampler();
    case 'traceidratio':
      return new TraceIdRatioBasedSampler(ratio);
    case 'parentbased_always_on':
      return new ParentBasedSampler({ root: new AlwaysOnSampler() });
    case 'parentbased_always_off':
      return new ParentBasedSampler({ root: new AlwaysOffSampler() });
    case 'parentbased_traceidratio':
      return new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) });
  }
}
