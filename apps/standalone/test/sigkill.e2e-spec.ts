import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@vaultstream/testing';
import { newDataDir } from './support/data-dir.ts';
import { Product } from './support/product.ts';
import { Receiver } from './support/receiver.ts';
import { Site } from './support/site.ts';

const shares = 200;
const kills = 10;

/** J34, P1 (webhooks): an accepted share is never lost, and each of its webhooks arrives, however often everything is killed. */
describe('SIGKILL at any moment', () => {
  const dataDir = newDataDir();
  let site: Site;
  let receiver: Receiver;
  let product: Product;
  let options: Parameters<typeof Product.start>[0];

  beforeAll(async () => {
    [site, receiver] = await Promise.all([Site.start(), Receiver.start()]);
    options = {
      dataDir,
      env: {
        FETCH_HOST_OVERRIDES: `${Site.host}=${site.baseUrl},hooks.example.com=${receiver.baseUrl}`,
        LOG_LEVEL: 'warn',
        API_RATE_LIMIT: '0',
      },
    };
    product = await Product.start(options);
    const target = await product.call('POST', '/api/v1/targets', {
      kind: 'webhook',
      name: 'hook',
      address: { url: 'https://hooks.example.com/' },
    });
    receiver.secret = target.body.secret;
    await product.call('POST', '/api/v1/rules', { name: 'all', target_ids: [target.body.id] });
  }, 120_000);

  afterAll(async () => {
    // Also after a start that failed: what is left open would keep the runner alive.
    await Promise.allSettled([site.stop(), receiver.stop(), product.stop()]);
    rmSync(dataDir, { recursive: true, force: true });
  }, 60_000);

  it(`${shares} shares, ${kills} kills: all acknowledged ones are PULLED, each webhook-id reached the receiver, nothing twice under another id`, async () => {
    const acknowledged = new Set<number>();
    const share = async (article: number) => {
      const { status, body } = await product.call('POST', '/api/v1/shares', { url: site.url(article) });
      if (status === 200 || status === 201) acknowledged.add(body.content_id as number);
      return status < 300;
    };
    let article = 1;
    for (let kill = 0; kill < kills; kill++) {
      // Sharing goes on until the process dies under it: refused calls are shared again in the next life.
      const until = article + Math.ceil(shares / kills);
      const sharing = (async () => {
        while (article < until)
          if (await share(article).catch(() => false)) article++;
          else return;
      })();
      await Promise.race([sharing, new Promise((resolve) => setTimeout(resolve, 300 + 250 * (kill % 5)))]);
      if (kill % 2 === 0) await product.kill();
      else await product.killTree();
      await sharing;
      product = await Product.start(options);
    }
    while (article <= shares) if (await share(article)) article++;
    expect(acknowledged.size).toBeGreaterThanOrEqual(shares);

    await eventually(
      async () => {
        const states: Record<string, number> = {};
        let cursor: string | null = null;
        do {
          const query: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
          const { body } = await product.call('GET', `/api/v1/contents?limit=100${query}`);
          for (const item of body.items as { id: number; status: string; archive_status: string }[]) {
            const state = `${item.status}/${item.archive_status}`;
            if (acknowledged.has(item.id)) states[state] = (states[state] ?? 0) + 1;
          }
          cursor = body.next_cursor as string | null;
        } while (cursor !== null);
        expect(states).toEqual({ 'PULLED/ready': acknowledged.size });
      },
      { timeoutMs: 120_000, intervalMs: 500 },
    );
    await eventually(
      async () => {
        const { body } = await product.call('GET', '/api/v1/deliveries?status=sent&limit=1');
        expect(body.items).toHaveLength(1);
        const pushed = new Set(receiver.received.map((call) => call.contentId));
        expect([...acknowledged].filter((id) => !pushed.has(id))).toEqual([]);
      },
      { timeoutMs: 120_000, intervalMs: 500 },
    );

    // A receiver that dedupes by webhook-id sees each content once.
    const ids = new Map<number, Set<string>>();
    for (const call of receiver.received) ids.set(call.contentId, (ids.get(call.contentId) ?? new Set()).add(call.id));
    for (const [, known] of ids) expect(known.size).toBe(1);
    expect(receiver.refused).toBe(0);
    // No share is counted twice and none was invented.
    expect(new Set(ids.keys())).toEqual(acknowledged);

    const letters = await product.call('GET', '/api/v1/dead-letters');
    expect(letters.body.items).toEqual([]);
    for (const status of ['planned', 'sending', 'unconfirmed', 'failed', 'held', 'blocked'])
      await eventually(async () => {
        const { body } = await product.call('GET', `/api/v1/deliveries?status=${status}`);
        expect([status, body.items]).toEqual([status, []]);
      });
  }, 600_000);
});
