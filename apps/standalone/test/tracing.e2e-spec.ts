import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, OtlpReceiver } from '@vaultstream/testing';
import { newDataDir } from './support/data-dir.ts';
import { Product } from './support/product.ts';
import { Receiver } from './support/receiver.ts';
import { Site } from './support/site.ts';

/** `npm start` with one more variable: the same trace, in one process. (Clusters: scripts/scale/tracing.e2e-spec.ts.) */
describe('traces of npm start', () => {
  const dataDir = newDataDir();
  let collector: OtlpReceiver;
  let site: Site;
  let receiver: Receiver;
  let product: Product;

  beforeAll(async () => {
    [collector, site, receiver] = await Promise.all([OtlpReceiver.start(), Site.start(), Receiver.start()]);
    product = await Product.start({
      dataDir,
      env: {
        FETCH_HOST_OVERRIDES: `${Site.host}=${site.baseUrl},hooks.example.com=${receiver.baseUrl}`,
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        OTEL_SERVICE_NAME: 'my vault',
        // Nothing is sent before the end.
        OTEL_BSP_SCHEDULE_DELAY: '600000',
        TRACE_SQL: 'true',
      },
    });
  }, 120_000);
  afterAll(async () => {
    await Promise.allSettled([product?.stop(), site?.stop(), receiver?.stop(), collector?.stop()]);
    rmSync(dataDir, { recursive: true, force: true });
  }, 60_000);

  it('go from the request to the message; what waits when the process ends is sent first', async () => {
    const hook = await product.call('POST', '/api/v1/targets', {
      kind: 'webhook',
      name: 'hook',
      address: { url: 'https://hooks.example.com/' },
    });
    receiver.secret = hook.body.secret as string;
    await product.call('POST', '/api/v1/rules', { name: 'all', target_ids: [hook.body.id] });
    const shared = await product.call('POST', '/api/v1/shares', { url: site.url(1) });
    await eventually(() => expect(receiver.received).toHaveLength(1), { timeoutMs: 60_000, intervalMs: 100 });
    await product.stop();
    const [root] = collector.named('POST /api/v1/shares');
    expect(root).toMatchObject({ service: 'my vault', parentSpanId: '' });
    expect(shared.headers.get('traceresponse')).toBe(`00-${root?.traceId}-${root?.spanId}-01`);
    const spans = collector.spans.filter(({ traceId }) => traceId === root?.traceId);
    const names = spans.map(({ name }) => name);
    for (const name of ['relay.hand_over', 'page.fetch', 'picture.put', 'delivery.plan', 'delivery.send'])
      expect(names).toContain(name);
    expect(spans.filter(({ attributes }) => 'db.query.text' in attributes).length).toBeGreaterThan(10);
  }, 120_000);
});
