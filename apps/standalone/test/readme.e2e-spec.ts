import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@vaultstream/testing';
import { newDataDir } from './support/data-dir.ts';
import { Product } from './support/product.ts';
import { Receiver } from './support/receiver.ts';
import { Site } from './support/site.ts';

/** The README's first share, run as written: only the address differs, and the two public hosts answer from loopback. */
describe('the README', () => {
  const dataDir = newDataDir();
  const readme = readFileSync('README.md', 'utf8');
  const commands = [...readme.slice(readme.indexOf('first-share:')).matchAll(/```sh\n(.+?)```/gs)].map(
    (match) => match[1] ?? '',
  );
  let site: Site;
  let receiver: Receiver;
  let product: Product;

  beforeAll(async () => {
    [site, receiver] = await Promise.all([Site.start(), Receiver.start()]);
    product = await Product.start({
      dataDir,
      env: { FETCH_HOST_OVERRIDES: `en.wikipedia.org=${site.baseUrl},hooks.example.com=${receiver.baseUrl}` },
    });
  }, 120_000);
  afterAll(async () => {
    // Also after a start that failed: what is left open would keep the runner alive.
    await Promise.allSettled([site.stop(), receiver.stop(), product.stop()]);
    rmSync(dataDir, { recursive: true, force: true });
  }, 60_000);

  const run = (script: string, env: Record<string, string> = {}) =>
    execFileSync('sh', ['-ec', script.replaceAll('http://127.0.0.1:8000', product.url)], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], TOKEN: Product.token, ...env },
    });

  it('leads from a share to a push', async () => {
    const [share, find, target, rule] = commands;
    expect(commands).toHaveLength(4);
    expect(JSON.parse(run(share ?? ''))).toMatchObject({ content_id: 1, created: true, platform: 'web' });
    await eventually(async () => {
      expect((await product.call('GET', '/api/v1/contents/1')).body).toMatchObject({
        status: 'PULLED',
        archive_status: 'ready',
      });
    });
    const [one, list] = run((find ?? '').replaceAll('\ncurl', '\necho; curl'))
      .trim()
      .split('\n');
    expect(JSON.parse(one ?? '')).toMatchObject({
      id: 1,
      note: 'for the weekend',
      tags: expect.arrayContaining(['reading']),
    });
    expect(JSON.parse(list ?? '').items).toHaveLength(1);

    const made = JSON.parse(run(target ?? ''));
    receiver.secret = made.secret;
    expect(JSON.parse(run(rule ?? '', { TARGET: made.id }))).toMatchObject({ name: 'reading list', enabled: true });
    const next = JSON.parse(run((share ?? '').replace('Lighthouse', 'Ferry')));
    await eventually(
      () => {
        expect(receiver.received.filter((call) => call.contentId === next.content_id)).toHaveLength(1);
      },
      { timeoutMs: 30_000 },
    );
    expect(receiver.refused).toBe(0);
  }, 90_000);
});
