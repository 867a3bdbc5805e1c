import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { context, trace } from '@opentelemetry/api';
import { Controller, Get, Post } from '@nestjs/common';
import { Later, NotFound, UpstreamError } from '@vaultstream/contracts';
import { eventually, OtlpReceiver, withServer, type TestServer } from '@vaultstream/testing';
import { startTestApp, type TestApp } from '../../test/test-app.ts';
import { Public } from '../auth/auth.decorators.ts';
import { currentTrace } from '../context.ts';
import { Env } from '../env.ts';
import { GuardedHttp } from '../fetch/index.ts';
import { LOGGER, type Logger } from '../logger.ts';
import { Shutdown } from '../shutdown/shutdown.ts';
import { startSdk } from './sdk.ts';
import { contextOf, inSpan, linksTo } from './spans.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const spanId = '00f067aa0ba902b7';

@Public()
@Controller('things')
class ThingsController {
  @Get(':id')
  one() {
    return currentTrace();
  }
  @Post()
  broken() {
    throw new Error('broken: https://example.com/path-canary?query-canary');
  }
}

describe('traces over OTLP', () => {
  let receiver: OtlpReceiver;
  let test: TestApp;
  let remote: TestServer;
  let http: GuardedHttp;

  beforeAll(async () => {
    receiver = await OtlpReceiver.start();
    remote = await withServer((request, response) => {
      if (request.url === '/from') response.writeHead(302, { location: '/to' }).end('moved');
      else response.writeHead(request.url?.startsWith('/gone') ? 404 : 200).end('a page');
    });
    const env = Env.load({
      OTEL_EXPORTER_OTLP_ENDPOINT: `${receiver.url}/`,
      OTEL_EXPORTER_OTLP_HEADERS: 'X-Key=a%20key',
      OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0',
      OTEL_BSP_SCHEDULE_DELAY: '20',
    });
    await startSdk('test', env.tracing!);
    test = await startTestApp({ controllers: [ThingsController] });
    http = new GuardedHttp({ hostOverrides: new Map([['site.example.com', new URL(remote.url)]]), allowHosts: [] });
  });
  afterAll(async () => {
    await test.app.close();
    await http.close();
    await Promise.all([receiver.stop(), remote.close()]);
    trace.disable();
    context.disable();
  });
  beforeEach(() => {
    receiver.spans.length = 0;
    receiver.bodies.length = 0;
  });

  /** Somebody before us has begun the trace, and records it. */
  const recorded = contextOf(`00-${traceId}-${spanId}-01`);
  const arrived = (name: string) =>
    eventually(() => {
      const [span] = receiver.named(name);
      if (!span) throw new Error(`no span ${name}`);
      return span;
    });
  const call = (method: 'GET' | 'POST', url: string, flags: string) =>
    test.app.inject({ method, url, headers: { traceparent: `00-${traceId}-${spanId}-${flags}` } });

  it('a request continues the trace of its caller, under its route, and says so', async () => {
    const answer = await call('GET', '/api/v1/things/7?query-canary', '01');
    const span = await arrived('GET /api/v1/things/:id');
    expect(span).toMatchObject({ service: 'test', kind: 2, traceId, parentSpanId: spanId, status: {} });
    expect(span.attributes).toMatchObject({ 'http.route': '/api/v1/things/:id', 'http.response.status_code': 200 });
    expect(answer.headers['traceresponse']).toBe(`00-${traceId}-${span.spanId}-01`);
    expect(answer.json()).toMatchObject({ traceparent: `00-${traceId}-${span.spanId}-01` });
    const line = test.lines().find(({ name, trace_id }) => name === 'http.request' && trace_id === traceId);
    expect(line).toBeDefined();
    expect(receiver.bodies.join()).not.toContain('canary');
    expect(receiver.headers['x-key']).toBe('a key');
  });

  it('one that is not recorded stays so, and goes on with its flag', async () => {
    const answer = await call('GET', '/api/v1/things/7', '00');
    expect(answer.json().traceparent).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-00$`));
    const own = await test.app.inject('/api/v1/things/7');
    expect(own.json().traceparent).toMatch(/-00$/);
    await call('GET', '/livez', '01');
    await call('POST', '/api/v1/things', '01');
    const failed = await arrived('POST /api/v1/things');
    expect(receiver.spans).toEqual([failed]);
    expect(failed.status).toEqual({ code: 2, message: 'Error: broken: https://example.com/[redacted]' });
    expect(receiver.bodies.join()).not.toContain('canary');
  });

  it('a call to somebody else is a span without path, and tells him nothing of the trace', async () => {
    const fetchAll = (span: string) =>
      inSpan(
        span,
        { 'url.full': 'https://example.com/canary' },
        async () => {
          await http.fetch({ url: 'http://site.example.com/from' });
          await http.fetch({ url: 'http://site.example.com/gone?token=canary' });
        },
        { parent: recorded, links: linksTo(`00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`, { why: 'test' }) },
      );
    await fetchAll('page.fetch');
    const page = await arrived('page.fetch');
    expect(page.links).toEqual([
      expect.objectContaining({ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), attributes: { why: 'test' } }),
    ]);
    const calls = receiver.named('GET');
    expect(calls.map(({ parentSpanId }) => parentSpanId)).toEqual([page.spanId, page.spanId, page.spanId]);
    expect(calls.map(({ attributes }) => attributes['http.response.status_code'])).toEqual([302, 200, 404]);
    // A redirect whose body nobody reads is no failure.
    expect(calls.map(({ status }) => status.code ?? 0)).toEqual([0, 0, 2]);
    expect(receiver.bodies.join()).not.toMatch(/canary|\/from|\/gone/);
    expect(remote.requests.flatMap(({ headers }) => Object.keys(headers))).not.toContain('traceparent');
  });

  it('an error ends its span as failed, and something that must wait does not', async () => {
    const failing = (name: string, error: Error) =>
      inSpan(name, {}, () => Promise.reject(error), { parent: recorded }).catch((thrown: unknown) => thrown);
    const gone = new NotFound('gone: Cookie: canary=canary');
    expect(await failing('gone', gone)).toBe(gone);
    await failing('away', new UpstreamError('503'));
    await failing('later', new Later('the limits of the target'));
    expect((await arrived('gone')).status).toEqual({ code: 2, message: 'NotFound: gone: Cookie: [redacted]' });
    expect((await arrived('away')).attributes).toMatchObject({ 'error.type': 'UpstreamError' });
    expect(await arrived('later')).toMatchObject({ status: {}, attributes: { 'error.type': 'Later' } });
  });

  it('lines of the log bear the ids of the active span, and no others outside of one', async () => {
    const logger = test.app.get<Logger>(LOGGER);
    await inSpan('logged', {}, async () => logger.info('inside'), { parent: recorded });
    logger.info('outside');
    const span = await arrived('logged');
    const line = (message: string) => test.lines().find((candidate) => candidate['message'] === message);
    expect(line('inside')).toMatchObject({ trace_id: traceId, span_id: span.spanId });
    expect(line('outside')).not.toHaveProperty('trace_id');
  });

  it('a receiver that refuses costs a counter and one line; the next batch arrives', async () => {
    const failures = async () =>
      Number(/^vaultstream_trace_export_failures_total (\d+)$/m.exec((await test.app.inject('/metrics')).body)?.[1]);
    expect(await failures()).toBe(0);
    receiver.status = 400;
    for (let batch = 1; batch <= 3; batch++) {
      await inSpan('lost', {}, async () => undefined, { parent: recorded });
      await eventually(async () => expect(await failures()).toBe(batch));
    }
    expect(test.lines().filter(({ name }) => name === 'trace.export')).toHaveLength(1);
    receiver.status = 200;
    await inSpan('kept', {}, async () => undefined, { parent: recorded });
    await arrived('kept');
    expect(receiver.named('lost')).toEqual([]);
  });

  it('the end of the process sends what waits', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    test.app.get(Shutdown).register('workers', 'last', async () => {
      await inSpan('last', {}, async () => undefined, { parent: recorded });
      resolve();
    });
    await test.app.get(Shutdown).run('test');
    await promise;
    expect(receiver.named('last')).toHaveLength(1);
  });
});
