import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startSandbox, type Sandbox } from '@vaultstream/sandbox';
import { eventually } from '@vaultstream/testing';
import { newDataDir } from './support/data-dir.ts';
import { Product, type ProductOptions } from './support/product.ts';

const patience = { timeoutMs: 60_000, intervalMs: 100 };

/** The way from a page to a Telegram message, with a real process that is really killed. */
describe('Telegram', () => {
  const dataDir = newDataDir();
  let sandbox: Sandbox;
  let product: Product;
  let options: ProductOptions;
  let targetId: string;

  beforeAll(async () => {
    sandbox = await startSandbox();
    options = {
      dataDir,
      env: {
        FETCH_HOST_OVERRIDES: sandbox.hosts,
        TELEGRAM_BOT_TOKEN: sandbox.telegram.token,
        API_RATE_LIMIT: '0',
      },
    };
    product = await Product.start(options);
    const target = { kind: 'telegram', name: 'channel', address: { chat_id: sandbox.telegram.channel } };
    const made = await product.call('POST', '/api/v1/targets', target);
    expect(made).toMatchObject({ status: 201, body: { key: `TG_CHANNEL_${sandbox.telegram.channel}` } });
    targetId = made.body.id as string;
    await product.call('POST', '/api/v1/rules', { name: 'all', target_ids: [targetId] });
  }, 120_000);

  afterAll(async () => {
    await Promise.allSettled([sandbox.stop(), product.stop()]);
    rmSync(dataDir, { recursive: true, force: true });
  }, 60_000);

  const withPictures = () => sandbox.site.pages.filter(({ pictures, canonical }) => pictures.length > 0 && !canonical);
  async function share(index: number): Promise<number> {
    const page = withPictures()[index];
    if (!page) throw new Error('the sandbox has fewer pages than that');
    const { body } = await product.call('POST', '/api/v1/shares', { url: `https://${page.host}${page.path}` });
    return body.content_id as number;
  }
  async function delivery(contentId: number) {
    const { body } = await product.call('GET', `/api/v1/deliveries?content_id=${contentId}`);
    return body.items[0] as
      { status: string; last_error: string | null; parts: { message_id: string | null }[] } | undefined;
  }
  const ended = (contentId: number, status: string) =>
    eventually(async () => expect((await delivery(contentId))?.status).toBe(status), patience);

  it('one variable, one target and one rule: a shared page is a photo with a caption, once', async () => {
    const contentId = await share(0);
    await ended(contentId, 'sent');
    const messages = sandbox.telegram.messages.list();
    expect(messages).toMatchObject([{ chatId: sandbox.telegram.channel, file: { kind: 'photo' } }]);
    expect(messages[0]?.text).toContain(withPictures()[0]?.title);
    expect((await delivery(contentId))?.parts[0]?.message_id).toBe(String(messages[0]?.messageId));
  }, 90_000);

  it('P4: killed between the call and its receipt, the message is unconfirmed and never sent again', async () => {
    const before = sandbox.telegram.messages.list().length;
    sandbox.spoil({ service: 'telegram', path: '/sendPhoto', mode: 'timeout-after' });
    const contentId = await share(1);
    await eventually(() => sandbox.telegram.messages.list().length === before + 1, patience);
    await product.killTree();
    sandbox.heal();
    product = await Product.start(options);
    await ended(contentId, 'unconfirmed');
    // What comes later goes on, and what is in doubt stays.
    const next = await share(2);
    await ended(next, 'sent');
    expect((await delivery(contentId))?.status).toBe('unconfirmed');
    expect(sandbox.telegram.messages.list()).toHaveLength(before + 2);
  }, 150_000);

  it('says the token in no line of its log and in no answer', async () => {
    const secret = sandbox.telegram.token.split(':')[1] ?? '';
    const { body } = await product.call('GET', '/api/v1/bot-config');
    expect(body.items).toMatchObject([{ name: 'TELEGRAM_BOT_TOKEN', is_primary: true, enabled: true }]);
    for (const told of [body, product.logs, product.plain, (await product.call('GET', '/api/v1/settings')).body])
      expect(JSON.stringify(told)).not.toContain(secret);
  });
});
