import { execFile } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startSandbox, type Sandbox } from '@vaultstream/sandbox';
import { eventually } from '@vaultstream/testing';
import { newDataDir } from './support/data-dir.ts';
import { Product } from './support/product.ts';
import { Receiver } from './support/receiver.ts';
import { Site } from './support/site.ts';

/** The README's lines, run as written: only the address differs, and the public hosts answer from loopback. */
describe('the README', () => {
  const dataDir = newDataDir();
  const readme = readFileSync('README.md', 'utf8');
  /** The commands between a mark and the next section. */
  const commandsAfter = (mark: string) => {
    const [, after = ''] = readme.split(`<!-- ${mark}:`);
    const [section = ''] = after.split('\n## ');
    return [...section.matchAll(/```sh\n(.+?)```/gs)].map((match) => match[1] ?? '');
  };
  let sandbox: Sandbox;
  let site: Site;
  let receiver: Receiver;
  let product: Product;

  beforeAll(async () => {
    [site, receiver, sandbox] = await Promise.all([Site.start(), Receiver.start(), startSandbox()]);
    const hosts = [
      `en.wikipedia.org=${site.baseUrl}`,
      `hooks.example.com=${receiver.baseUrl}`,
      `api.telegram.org=${sandbox.url}/api.telegram.org`,
    ];
    product = await Product.start({
      dataDir,
      env: { FETCH_HOST_OVERRIDES: hosts.join(',') },
    });
  }, 120_000);
  afterAll(async () => {
    // Also after a start that failed: what is left open would keep the runner alive.
    await Promise.allSettled([site.stop(), receiver.stop(), sandbox.stop(), product.stop()]);
    rmSync(dataDir, { recursive: true, force: true });
  }, 60_000);

  // Not synchronously: the sandbox answers in this process.
  const run = async (script: string, env: Record<string, string> = {}) => {
    const { stdout } = await promisify(execFile)(
      'sh',
      ['-ec', script.replaceAll('http://127.0.0.1:8000', product.url)],
      { env: { PATH: process.env['PATH'], TOKEN: Product.token, ...env } },
    );
    return stdout.trim();
  };

  it('leads from a share to a push', async () => {
    const commands = commandsAfter('first-share');
    const [share, find, target, rule] = commands;
    expect(commands).toHaveLength(4);
    expect(JSON.parse(await run(share ?? ''))).toMatchObject({ content_id: 1, created: true, platform: 'web' });
    await eventually(async () => {
      expect((await product.call('GET', '/api/v1/contents/1')).body).toMatchObject({
        status: 'PULLED',
        archive_status: 'ready',
      });
    });
    const [one, list] = (await run((find ?? '').replaceAll('\ncurl', '\necho; curl'))).split('\n');
    expect(JSON.parse(one ?? '')).toMatchObject({
      id: 1,
      note: 'for the weekend',
      tags: expect.arrayContaining(['reading']),
    });
    expect(JSON.parse(list ?? '').items).toHaveLength(1);

    const made = JSON.parse(await run(target ?? ''));
    receiver.secret = made.secret;
    expect(JSON.parse(await run(rule ?? '', { TARGET: made.id }))).toMatchObject({
      name: 'reading list',
      enabled: true,
    });
    const next = JSON.parse(await run((share ?? '').replace('Lighthouse', 'Ferry')));
    await eventually(
      () => {
        expect(receiver.received.filter((call) => call.contentId === next.content_id)).toHaveLength(1);
      },
      { timeoutMs: 30_000 },
    );
    expect(receiver.refused).toBe(0);
  }, 90_000);

  it('leads to Telegram', async () => {
    const [create = '', check = ''] = commandsAfter('telegram');
    const { token, channel } = sandbox.telegram;
    const own = { BOT_TOKEN: token, CHAT_ID: String(channel) };
    const [bot, target] = (await run(create.replace('\ncurl', '\necho; curl'), own)).split('\n');
    expect(JSON.parse(bot ?? '')).toMatchObject({ platform: 'telegram', is_primary: true });
    const { id } = JSON.parse(target ?? '');
    expect(JSON.parse(await run(check, { TARGET: id }))).toMatchObject({ ok: true });
  }, 90_000);
});
