import { InvalidInput, isVaultError, OutcomeUnknown, RateLimited, UpstreamError } from '@vaultstream/contracts';
import {
  decodeText,
  explainRefusal,
  raiseForStatus,
  redactText,
  retryAfterMs,
  surelyNotSent,
  type GuardedResponse,
} from '@vaultstream/runtime';
import { v7 as uuid } from 'uuid';
import { z } from 'zod';
import type { Receipt, SendContext, TargetKind } from '../target.ts';
import {
  completeAddress,
  maskWebhookAddress,
  webhookAddressSchema,
  webhookKey,
  type WebhookAddress,
} from './address.ts';
import { contentMessage } from './content-message.ts';
import { signatureHeaders } from './secret.ts';

/** Bytes of a body: Standard Webhooks 1.0.0, "Payload size", recommends less than 20 kB. */
const maxBodyBytes = 20_000;
/** Milliseconds for one call: the lower end of what Standard Webhooks recommends (15 to 30 s). */
const timeoutMs = 15_000;
/** Bytes of a reply that are read, and characters of it that are kept. */
const maxReplyBytes = 65_536;
const maxReplyText = 500;
/** Longest wait that a receiver can ask for, and the wait when it asks for none (Svix: at least 60 s): milliseconds. */
const maxRetryAfterMs = 3_600_000;
const slowDownMs = 60_000;

const userAgent = 'VaultStream';

const partBodySchema = z.object({ json: z.string() });

/**
 * A webhook, signed by the Standard Webhooks scheme (https://www.standardwebhooks.com, 1.0.0). The id is the same on every try of a
 * message, so that receivers tell repeated ones; the time stamp is new. Redirects are failures: they are never followed.
 */
export const webhook: TargetKind = {
  kind: 'webhook',
  addressSchema: webhookAddressSchema,
  secretFields: ['secret'],
  limits: { text: null, caption: null, media: 20, fileBytes: null, bodyBytes: maxBodyBytes },
  idempotent: true,
  needsBot: false,
  complete: (address) => completeAddress(parse(address)),
  key: (address) => webhookKey(parse(address)),
  keyPrefix: 'WEBHOOK_',
  readKey: (key) => (/^WEBHOOK_[0-9a-f]{16}$/.test(key) ? key : null),
  maskAddress: (address) => maskWebhookAddress(parse(address)),
  checkAddress(address, http) {
    try {
      http.assertAllowedUrl(parse(address).url);
    } catch (error) {
      if (!isVaultError(error)) throw error;
      const issue = { path: 'body.address.url', message: explainRefusal(error) };
      throw new InvalidInput(`${issue.path}: ${issue.message}`, [issue]);
    }
  },
  host: (address) => new URL(parse(address).url).host,
  rateLimits: ({ key }) => [{ key, count: 40, windowMs: 1_000, burst: 20 }],
  plan: (content, context) => [{ body: { json: contentMessage(content, context, maxBodyBytes) }, files: [], cost: 1 }],
  send: (part, context) => post(`msg_${part.id}`, partBodySchema.parse(part.body).json, context),
  async test(context) {
    const json = JSON.stringify({
      type: 'target.test',
      timestamp: new Date().toISOString(),
      data: { target_key: context.target.key },
    });
    const receipt = await post(`msg_test_${uuid()}`, json, context);
    return `answered ${String(receipt.detail.status)}`;
  },
};

const parse = (address: unknown): WebhookAddress => webhookAddressSchema.parse(address);

async function post(id: string, json: string, context: SendContext): Promise<Receipt> {
  const address = parse(context.address);
  const response = await call(id, json, address, context);
  if (response.body === null)
    return { messageId: id, detail: { status: response.status, reply: '', reply_truncated: true } };
  raise(response);
  const reply = redactText(decodeText(response).text.slice(0, maxReplyText));
  return { messageId: id, detail: { status: response.status, reply, reply_truncated: response.truncated } };
}

/** The receiver has taken the message, and its reply broke off. */
interface Unread {
  status: number;
  body: null;
}

async function call(
  id: string,
  json: string,
  address: WebhookAddress,
  context: SendContext,
): Promise<GuardedResponse | Unread> {
  try {
    return await context.http.fetch({
      url: address.url,
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': userAgent,
        ...signatureHeaders(address.secret, { id, at: new Date(), body: json }),
      },
      body: json,
      redirect: 'manual',
      maxBytes: maxReplyBytes,
      truncate: true,
      budgets: { totalMs: timeoutMs, headersMs: timeoutMs, idleMs: timeoutMs, minBytesPerSecond: 0 },
      signal: context.signal,
    });
  } catch (error) {
    if (surelyNotSent(error)) throw error;
    const status = isVaultError(error) ? error.status : undefined;
    if (status !== undefined && isSuccess(status)) return { status, body: null };
    const message = error instanceof Error ? error.message : 'the call failed';
    throw new OutcomeUnknown(message, { cause: error });
  }
}

/** 2xx is success, whatever follows the status line, and nothing else is. */
const isSuccess = (status: number): boolean => status >= 200 && status < 300;

/** @throws As `TargetKind.send`. */
function raise(response: GuardedResponse): void {
  const { status, url } = response;
  if (isSuccess(status)) return;
  const { host } = new URL(url);
  if (status < 400) throw new UpstreamError(`${host} answered ${status}: redirects are not followed`, { status });
  const asked = retryAfterMs(response.headers['retry-after']);
  const wait = Math.min(Math.max(asked ?? slowDownMs, 1_000), maxRetryAfterMs);
  if (status === 429) throw new RateLimited(`${host} answered 429`, { status, retryAfterMs: wait });
  if (status === 502 || status === 504)
    throw new UpstreamError(`${host} answered ${status}`, { status, retryAfterMs: wait });
  raiseForStatus(response);
}
