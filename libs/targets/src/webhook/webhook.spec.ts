import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { describeTargetKind } from '../../test/compliance.ts';
import { contentView, hugeContentView } from '../../test/contents.ts';
import { contentMessage } from './content-message.ts';
import { makeWebhookSecret, signatureHeaders, webhookSecretSchema } from './secret.ts';
import { webhook } from './webhook.ts';

const secretOf = (bytes: number) => `whsec_${Buffer.alloc(bytes, 1).toString('base64')}`;

describeTargetKind(webhook, {
  address: { url: 'https://Example.org:443/hook?token=abc#x', secret: secretOf(32) },
  alias: { url: 'https://example.org/hook?token=abc' },
  other: { url: 'https://example.org/hook?token=abd' },
  bad: [
    { url: 'ftp://example.org/' },
    { url: 'not an address' },
    { url: { contains: '' } },
    { url: 'https://example.org/hook?token=***' },
    { url: `https://example.org/${'x'.repeat(2_100)}` },
    { url: 'https://example.org/', secret: 'plain' },
    { url: 'https://example.org/', secret: secretOf(23) },
    { url: 'https://example.org/', secret: secretOf(65) },
    { url: 'https://example.org/', secret: Array<string>(6).fill(secretOf(32)) },
    { url: 'https://example.org/', secret: { $gt: '' } },
  ],
});

describe('webhook addresses', () => {
  it('makes a secret when none is given, and shows it that once', () => {
    const { address, made } = webhook.complete(webhook.addressSchema.parse({ url: 'https://example.org/' }));
    expect(Buffer.from(String(made).slice(6), 'base64')).toHaveLength(32);
    expect(address.secret).toEqual([made]);
  });

  it('is called by the first 16 hex digits of the hash of its normal form', () => {
    const address = webhook.addressSchema.parse({ url: 'HTTPS://EXAMPLE.ORG' });
    // printf %s https://example.org/ | sha256sum
    expect(webhook.key(address)).toBe('WEBHOOK_8198d1bac40a1033');
  });

  it('hides the values of its query', () => {
    const address = webhook.addressSchema.parse({ url: 'https://example.org/h?token=abc&b=1', secret: secretOf(24) });
    expect(webhook.maskAddress(address)).toEqual({
      url: 'https://example.org/h?token=***&b=***',
      secret: ['whsec_***'],
    });
  });

  it('takes secrets of 24 to 64 bytes in their only spelling', () => {
    for (const good of [secretOf(24), secretOf(64), makeWebhookSecret()])
      expect(webhookSecretSchema.safeParse(good).success).toBe(true);
    for (const bad of [secretOf(32).slice(6), `${secretOf(32)} `, `${secretOf(31)}!`, 'whsec_'])
      expect(webhookSecretSchema.safeParse(bad).success).toBe(false);
  });
});

describe('P9: webhook signatures', () => {
  const at = new Date();
  const body = '{"type":"content.pulled","text":"päß 🦊"}';

  it('are those of the specification', () => {
    // The test vector of the reference libraries of Standard Webhooks.
    const message = {
      id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      at: new Date(1_614_265_330_000),
      body: '{"test": 2432232314}',
    };
    expect(signatureHeaders(['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'], message)).toEqual({
      'webhook-id': message.id,
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  it('are HMAC-SHA256 of id, time and body', () => {
    const secret = makeWebhookSecret();
    const headers = signatureHeaders([secret], { id: 'msg_1', at, body });
    const key = Buffer.from(secret.slice(6), 'base64');
    const signed = `msg_1.${headers['webhook-timestamp']}.${body}`;
    expect(headers['webhook-signature']).toBe(`v1,${createHmac('sha256', key).update(signed).digest('base64')}`);
  });

  it('verify, and no longer after one flipped bit, with another id, or six minutes later', () => {
    const secret = makeWebhookSecret();
    const receiver = new Webhook(secret);
    const headers = signatureHeaders([secret], { id: 'msg_1', at, body });
    expect(receiver.verify(body, headers)).toEqual(JSON.parse(body));
    const bytes = Buffer.from(body);
    for (let bit = 0; bit < bytes.length * 8; bit += 7) {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => receiver.verify(flipped, headers)).toThrow();
    }
    expect(() => receiver.verify(body, { ...headers, 'webhook-id': 'msg_2' })).toThrow();
    const old = signatureHeaders([secret], { id: 'msg_1', at: new Date(at.getTime() - 360_000), body });
    expect(() => receiver.verify(body, old)).toThrow('too old');
  });

  it('P10: are several while a key is replaced, and each receiver finds its own', () => {
    const [before, after] = [makeWebhookSecret(), makeWebhookSecret()];
    const headers = signatureHeaders([after, before], { id: 'msg_1', at, body });
    for (const secret of [before, after]) new Webhook(secret).verify(body, headers);
    expect(() => new Webhook(before).verify(body, signatureHeaders([after], { id: 'msg_1', at, body }))).toThrow();
  });

  it('P11: bear a fresh time on every try under the same id', () => {
    const later = new Date(at.getTime() + 300_000);
    const [first, second] = [at, later].map((time) =>
      signatureHeaders([makeWebhookSecret()], { id: 'msg_1', at: time, body }),
    );
    expect(first?.['webhook-id']).toBe(second?.['webhook-id']);
    expect(Number(second?.['webhook-timestamp']) - Number(first?.['webhook-timestamp'])).toBe(300);
  });
});

describe('the content message', () => {
  const context = { deliveryId: 'd', targetKey: 'k', settings: {}, pictures: [], now: new Date(0) };
  const message = (content = contentView()) => JSON.parse(contentMessage(content, context, 20_000)).data.content;

  it('says all of a small content, and that nothing was cut', () => {
    expect(message()).toMatchObject({
      id: 7,
      title: 'A title',
      body_text: 'A text',
      tags: ['one', 'two'],
      truncated: false,
    });
    expect(message().media).toHaveLength(2);
  });

  it('cuts what is long before it cuts what is many, and says so', () => {
    const cut = message(contentView({ body_text: 'x'.repeat(9_000) }));
    expect(cut).toMatchObject({ truncated: true, title: 'A title' });
    expect(cut.body_text).toHaveLength(4_000);
    expect(cut.media).toHaveLength(2);
  });

  it('keeps id, title and canonical address of the largest content there can be', () => {
    const huge = hugeContentView();
    expect(message(huge)).toMatchObject({ id: 7, canonical_url: huge.canonical_url, truncated: true });
    expect(message(huge).title.length).toBeGreaterThan(100);
  });
});
