import type { Attributes, AttributeValue } from '@opentelemetry/api';
import { redactText } from '../redact.ts';

/** Where an address leads is told by its host: paths and queries hold strangers' data, webhooks' secrets and bots' tokens. */
const dropped = new Set(['url.path', 'url.query', 'http.target', 'exception.stacktrace']);

/** Scheme, user, host and port of an address in a text, and what follows them; an apostrophe may stand in a path. */
const address = /\b([a-z][a-z0-9+.-]{1,15}):\/\/(?:[^\s"'<>/?#@]*@)?([^\s"'<>/?#@]+)([/?#][^\s"<>]*)?/gi;

/** A text of a span as it may leave: without what the log's redactor takes out, and of addresses only scheme, host and port. */
export function redactSpanText(text: string): string {
  const short = text.replace(address, (_, scheme: string, host: string, rest?: string) =>
    rest === undefined || rest === '/' ? `${scheme}://${host}${rest ?? ''}` : `${scheme}://${host}/[redacted]`,
  );
  return redactText(short);
}

/** The attributes of a span as they may leave: texts as in `redactSpanText`, and nothing that is made of an address's path. */
export function redactAttributes(attributes: Attributes): Attributes {
  return Object.fromEntries(
    Object.entries(attributes).flatMap(([name, value]) =>
      dropped.has(name) || value === undefined ? [] : [[name, redactValue(value)]],
    ),
  );
}

function redactValue(value: AttributeValue): AttributeValue {
  if (typeof value === 'string') return redactSpanText(value);
  if (!Array.isArray(value)) return value;
  return value.map((entry: unknown) => (typeof entry === 'string' ? redactSpanText(entry) : entry));
}
