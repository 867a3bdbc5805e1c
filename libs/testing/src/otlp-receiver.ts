import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A span as it arrived, flattened. */
export interface ReceivedSpan {
  service: string;
  name: string;
  /** 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  kind: number;
  traceId: string;
  spanId: string;
  /** Empty for the first span of a trace. */
  parentSpanId: string;
  attributes: Record<string, unknown>;
  links: { traceId: string; spanId: string; attributes: Record<string, unknown> }[];
  /** 0 unset, 2 error. */
  status: { code?: number; message?: string };
  /** Milliseconds of the epoch. */
  startMs: number;
  endMs: number;
}

interface KeyValue {
  key: string;
  value: Record<string, unknown>;
}
interface WireSpan {
  name: string;
  kind: number;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  attributes?: KeyValue[];
  links?: { traceId: string; spanId: string; attributes?: KeyValue[] }[];
  status?: { code?: number; message?: string };
  startTimeUnixNano: string;
  endTimeUnixNano: string;
}
interface WireTraces {
  resourceSpans: { resource: { attributes: KeyValue[] }; scopeSpans: { spans: WireSpan[] }[] }[];
}

/** Takes traces as a collector does (OTLP over HTTP, JSON) on loopback, and keeps them. */
export class OtlpReceiver {
  readonly spans: ReceivedSpan[] = [];
  /** What arrived, as it arrived. */
  readonly bodies: string[] = [];
  /** Of the last request. */
  headers: IncomingHttpHeaders = {};
  /** What it answers: 200 takes them, 503 asks to come again, 400 refuses. */
  status = 200;
  /** Requests so far, refused ones too. */
  requests = 0;

  private constructor(
    private readonly server: Server,
    /** For OTEL_EXPORTER_OTLP_ENDPOINT. */
    readonly url: string,
  ) {}

  static async start(): Promise<OtlpReceiver> {
    const server = createServer((request, response) => {
      void text(request).then((body) => {
        receiver.requests++;
        receiver.headers = request.headers;
        if (receiver.status === 200 && request.url === '/v1/traces') receiver.take(body);
        response.writeHead(receiver.status, { 'content-type': 'application/json' }).end('{}');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const receiver = new OtlpReceiver(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    return receiver;
  }

  /** Spans by trace. */
  get traces(): Map<string, ReceivedSpan[]> {
    return Map.groupBy(this.spans, ({ traceId }) => traceId);
  }

  named(name: string): ReceivedSpan[] {
    return this.spans.filter((span) => span.name === name);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private take(body: string): void {
    this.bodies.push(body);
    for (const { resource, scopeSpans } of (JSON.parse(body) as WireTraces).resourceSpans) {
      const service = String(valuesOf(resource.attributes)['service.name']);
      for (const { spans } of scopeSpans) this.spans.push(...spans.map((span) => flatten(service, span)));
    }
  }
}

function flatten(service: string, span: WireSpan): ReceivedSpan {
  const { name, kind, traceId, spanId, parentSpanId = '', status = {}, links = [] } = span;
  return {
    ...{ service, name, kind, traceId, spanId, parentSpanId, status },
    attributes: valuesOf(span.attributes),
    links: links.map((link) => ({ ...link, attributes: valuesOf(link.attributes) })),
    startMs: Number(span.startTimeUnixNano) / 1e6,
    endMs: Number(span.endTimeUnixNano) / 1e6,
  };
}

function valuesOf(attributes: KeyValue[] = []): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}
