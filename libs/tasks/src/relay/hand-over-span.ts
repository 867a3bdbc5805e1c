import { SpanKind } from '@opentelemetry/api';
import type { QueueName, WakeUp } from '@vaultstream/contracts';
import { contextOf, inSpan, linksTo, parseTraceparent } from '@vaultstream/runtime';

/** Links of one span: OpenTelemetry's default limit is 128. */
const maxLinks = 127;

/**
 * Hands a batch to the broker within one span: a part of the first trace in it that is recorded, with links to the others. A batch of which
 * nothing is recorded gets none.
 */
export function inHandOver(
  queue: QueueName,
  broker: string,
  batch: readonly WakeUp[],
  publish: () => Promise<void>,
): Promise<void> {
  const traced = batch.flatMap(({ trace: { traceparent } }) =>
    traceparent !== null && parseTraceparent(traceparent)?.sampled === true ? [traceparent] : [],
  );
  const [first, ...others] = new Set(traced);
  if (first === undefined) return publish();
  const attributes = {
    'vaultstream.task.queue': queue,
    'vaultstream.broker': broker,
    'messaging.batch.message_count': batch.length,
  };
  const links = others.slice(0, maxLinks).flatMap((traceparent) => linksTo(traceparent));
  const options = { kind: SpanKind.PRODUCER, links, parent: contextOf(first) };
  return inSpan('relay.hand_over', attributes, publish, options);
}
