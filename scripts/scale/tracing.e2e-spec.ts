import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually, OtlpReceiver, type ReceivedSpan } from '@vaultstream/testing';
import { Site } from '../../apps/standalone/test/support/site.ts';
import { kinds, type Answer, type Kind } from './cluster.ts';
import { partsHere, ScaleWorld } from './world.ts';

const counts = Object.fromEntries(kinds.map((kind) => [kind, 1])) as Record<Kind, number>;
const patience = { timeoutMs: 60_000, intervalMs: 200 };

/** From the request to the message in the channel, through real processes that export to one receiver. */
describe('traces of a cluster', () => {
  // Where there can be one, the object store is an S3, so that its calls are seen.
  const parts = partsHere.at(-1) ?? 'Postgres and a shared folder';
  let receiver: OtlpReceiver;
  let world: ScaleWorld;

  beforeAll(async () => {
    receiver = await OtlpReceiver.start();
    world = await ScaleWorld.start(parts, {
      counts,
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
        OTEL_BSP_SCHEDULE_DELAY: '100',
        // Half of what begins here; what a caller has begun is recorded as he says.
        OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
        OTEL_TRACES_SAMPLER_ARG: '0.5',
        TRACE_UI_URL: 'http://traces.example.com/trace/{trace_id}?source=vaultstream',
      },
      envOf: (kind): Record<string, string> => (kind === 'api' ? { TRACE_SQL: 'true' } : {}),
    });
  }, 180_000);
  afterAll(async () => {
    await world?.stop();
    await receiver?.stop();
  }, 120_000);
  beforeEach(() => {
    receiver.spans.length = 0;
  });

  /** Shares with the trace of a caller. */
  async function share(url: string, flags: '00' | '01'): Promise<{ answer: Answer; traceId: string }> {
    const traceId = randomBytes(16).toString('hex');
    const headers = { traceparent: `00-${traceId}-${'a'.repeat(16)}-${flags}` };
    const answer = await world.cluster.call('POST', '/api/v1/shares', { url }, headers);
    expect(answer.status).toBe(201);
    return { answer, traceId };
  }
  const accepted = ({ body }: Answer) => world.accepted.add(body.content_id as number);
  const spansOf = (traceId: string) => receiver.traces.get(traceId) ?? [];
  /** The spans of a trace with one of these names; resolves when there are that many. */
  const arrived = (traceId: string, name: string, count = 1): Promise<ReceivedSpan[]> =>
    eventually(() => {
      const found = spansOf(traceId).filter((span) => span.name === name);
      expect([name, found.length]).toEqual([name, count]);
      return found;
    }, patience);
  const letterOf = (contentId: unknown, state: string) =>
    eventually(async () => {
      const { body } = await world.cluster.call(
        'GET',
        `/api/v1/dead-letters?content_id=${String(contentId)}&state=${state}`,
      );
      expect(body.items).toHaveLength(1);
      return body.items[0] as { id: string; trace_id: string; trace_url: string };
    }, patience);

  it('one share is one trace from the request to the message, over all five processes', async () => {
    const { answer, traceId } = await share(world.site.url(1), '01');
    accepted(answer);
    await world.settled();
    const [push] = await arrived(traceId, 'delivery.send');
    await arrived(traceId, 'task delivery.send');
    const spans = spansOf(traceId);
    const byId = new Map(spans.map((span) => [span.spanId, span]));
    /** Whose work led to a span, the first at the front. */
    const path = (span: ReceivedSpan | undefined): string[] =>
      span === undefined ? [] : [...path(byId.get(span.parentSpanId)), `${span.service}: ${span.name}`];

    expect(path(push)).toEqual([
      'api: POST /api/v1/shares',
      'parse-worker: task content.parse',
      'media-worker: task media.archive',
      'push-dispatcher: task delivery.plan',
      'push-dispatcher: delivery.plan',
      'push-dispatcher: task delivery.send',
      'push-dispatcher: delivery.send',
    ]);
    expect(new Set(spans.map(({ service }) => service))).toEqual(new Set(kinds));
    const names = new Set(spans.map(({ service, name }) => `${service}: ${name}`));
    for (const name of [
      'scheduler: relay.hand_over',
      'parse-worker: page.fetch',
      'parse-worker: GET',
      'parse-worker: page.extract',
      'media-worker: picture.download',
      'media-worker: picture.convert',
      'media-worker: picture.put',
      'push-dispatcher: POST',
      ...(parts === 'Redis and S3' ? ['media-worker: S3.PutObject'] : []),
    ])
      expect(names).toContain(name);
    // It is whole: nothing in it hangs on what is not there.
    expect(spans.filter(({ parentSpanId }) => !byId.has(parentSpanId)).map(({ name }) => name)).toEqual([
      'POST /api/v1/shares',
    ]);
    // SQL is seen where it was asked for, and no values with it.
    const statements = spans.filter(({ attributes }) => 'db.query.text' in attributes);
    expect(new Set(statements.map(({ service }) => service))).toEqual(new Set(['api']));
    expect(JSON.stringify(statements)).not.toContain('/articles/');

    const [root] = spans.filter(({ name }) => name === 'POST /api/v1/shares');
    expect(answer.headers.get('traceresponse')).toBe(`00-${traceId}-${root?.spanId}-01`);
    expect(answer.body.trace_url).toBe(`http://traces.example.com/trace/${traceId}?source=vaultstream`);
    // The log of each process, and the timeline, lead to the same trace.
    for (const kind of ['parse-worker', 'media-worker', 'push-dispatcher'] as const) {
      const lines = world.cluster.of(kind).flatMap((member) => member.logs());
      const line = lines.find(({ name, trace_id }) => name === 'task.run' && trace_id === traceId);
      expect(byId.get(String(line?.['span_id']))?.service).toBe(kind);
    }
    const { body } = await world.cluster.call('GET', `/api/v1/contents/${answer.body.content_id}/timeline`);
    for (const event of body.items) expect([event.type, event.trace_id]).toEqual([event.type, traceId]);
    expect(body.items[0].trace_url).toBe(answer.body.trace_url);
  }, 180_000);

  it('a failed try and the next one are in the same trace, and the next one links to the failed one', async () => {
    const { answer, traceId } = await share(`https://${Site.host}/flaky/2`, '01');
    accepted(answer);
    const [failed, next] = await arrived(traceId, 'task content.parse', 2);
    expect(failed).toMatchObject({ status: { code: 2 }, links: [], parentSpanId: next?.parentSpanId });
    expect(failed?.attributes).toMatchObject({ 'vaultstream.task.outcome': 'retried', 'error.type': 'UpstreamError' });
    expect(next).toMatchObject({ links: [{ traceId, spanId: failed?.spanId }] });
    expect(next?.attributes).toMatchObject({ 'vaultstream.task.attempt': 2, 'vaultstream.task.outcome': 'done' });
    await world.settled();
  }, 120_000);

  it('a replayed dead letter is a new trace, with a link to the old one and to the request for it', async () => {
    const { answer, traceId } = await share(`https://${Site.host}/missing/3`, '01');
    const letter = await letterOf(answer.body.content_id, 'open');
    expect(letter).toMatchObject({
      trace_id: traceId,
      trace_url: `http://traces.example.com/trace/${traceId}?source=vaultstream`,
    });
    // Half of what begins here is recorded, and a replay begins here.
    for (let tries = 0; ; tries++) {
      const { id } = await letterOf(answer.body.content_id, 'open');
      const asked = randomBytes(16).toString('hex');
      const headers = { traceparent: `00-${asked}-${'b'.repeat(16)}-01` };
      expect((await world.cluster.call('POST', `/api/v1/dead-letters/${id}/replay`, undefined, headers)).status).toBe(
        202,
      );
      const [request] = await arrived(asked, 'POST /api/v1/dead-letters/:id/replay');
      await eventually(async () => expect((await letterOf(answer.body.content_id, 'open')).id).not.toBe(id), patience);
      const { trace_id: replayed } = await letterOf(answer.body.content_id, 'open');
      expect([traceId, asked]).not.toContain(replayed);
      const [root] = spansOf(replayed).filter(({ name }) => name === 'replay content.parse');
      if (root === undefined && tries < 40) continue;
      expect(root).toMatchObject({ parentSpanId: '', service: 'api' });
      expect(root?.links.map((link) => [link.traceId, link.attributes['vaultstream.link']])).toEqual([
        [expect.any(String), 'dead_letter'],
        [asked, 'request'],
      ]);
      if (tries === 0) expect(root?.links[0]?.traceId).toBe(traceId);
      expect(root?.links[1]?.spanId).toBe(request?.spanId);
      expect(await arrived(replayed, 'task content.parse')).toMatchObject([{ parentSpanId: root?.spanId }]);
      return;
    }
  }, 180_000);

  it('sampling by ratio gives whole traces or none: every process keeps to what was decided first', async () => {
    const answers: Answer[] = [];
    for (let article = 100; article < 120; article++) {
      const answer = await world.cluster.call('POST', '/api/v1/shares', { url: world.site.url(article) });
      accepted(answer);
      answers.push(answer);
    }
    const { answer: silent, traceId: silentTrace } = await share(world.site.url(120), '00');
    accepted(silent);
    await world.settled();
    const places = answers.map(({ headers }) => String(headers.get('traceresponse')).split('-'));
    const recorded = places.filter(([, , , flags]) => flags === '01').map(([, traceId]) => String(traceId));
    const unrecorded = places.filter(([, , , flags]) => flags === '00').map(([, traceId]) => String(traceId));
    // 20 tosses of a coin: all alike once in half a million runs.
    expect(recorded.length).toBeGreaterThan(0);
    expect(unrecorded.length).toBeGreaterThan(0);
    for (const traceId of recorded) {
      await arrived(traceId, 'delivery.send');
      const services = new Set(spansOf(traceId).map(({ service }) => service));
      for (const service of ['api', 'parse-worker', 'media-worker', 'push-dispatcher'])
        expect(services).toContain(service);
    }
    for (const traceId of [...unrecorded, silentTrace]) expect(spansOf(traceId)).toEqual([]);
  }, 180_000);

  it('a receiver that is away stops nothing: a counter, a line a minute, and an end in good order', async () => {
    await receiver.stop();
    const { answer } = await share(world.site.url(200), '01');
    accepted(answer);
    await world.settled();
    for (const kind of ['api', 'parse-worker', 'media-worker', 'push-dispatcher'] as const)
      for (const member of world.cluster.of(kind)) {
        await eventually(
          async () => expect(await member.metric('vaultstream_trace_export_failures_total')).toBeGreaterThan(0),
          patience,
        );
        expect(member.logs().filter(({ name }) => name === 'trace.export')).toHaveLength(1);
      }
    await share(world.site.url(201), '01');
    expect(Object.values(await world.cluster.stop())).toEqual(kinds.map(() => 0));
  }, 180_000);
});
