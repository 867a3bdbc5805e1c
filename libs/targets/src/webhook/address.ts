import { createHash } from 'node:crypto';
import { z } from 'zod';
import { makeWebhookSecret, webhookSecretSchema } from './secret.ts';

const mask = '***';

/** Secrets that may sign at the same time while a key is being replaced. */
const maxSecrets = 5;

const url = z
  .string()
  .max(2_048)
  .refine((value) => URL.canParse(value), 'is not a valid address')
  .refine((value) => !URL.canParse(value) || /^https?:$/.test(new URL(value).protocol), 'must be http or https')
  .refine((value) => !value.includes(mask), 'is a masked address: give the real one');

/** One secret, or several, the newest first. */
const secrets = z
  .preprocess(
    (value) => (typeof value === 'string' ? [value] : (value ?? [])),
    z.array(webhookSecretSchema).max(maxSecrets),
  )
  .transform((list) => [...new Set(list)]);

/** `{url, secret?}`: the secret is one string, or a list while a key is being replaced. */
export const webhookAddressSchema = z.strictObject({ url, secret: secrets.optional().default([]) });
export type WebhookAddress = z.infer<typeof webhookAddressSchema>;

/** Makes a secret when there is none. `made` is it. */
export function completeAddress(address: WebhookAddress): { address: WebhookAddress; made: string | null } {
  if (address.secret.length > 0) return { address, made: null };
  const made = makeWebhookSecret();
  return { address: { ...address, secret: [made] }, made };
}

/** `WEBHOOK_` and the first 16 hex digits of the SHA-256 of the normalised address, without fragment. */
export function webhookKey(address: WebhookAddress): string {
  const normal = new URL(address.url);
  normal.hash = '';
  return `WEBHOOK_${createHash('sha256').update(normal.href).digest('hex').slice(0, 16)}`;
}

/** Secrets vanish, and so do the values of the query, where tokens are kept. */
export function maskWebhookAddress(address: WebhookAddress): Record<string, unknown> {
  const shown = new URL(address.url);
  const names = [...shown.searchParams.keys()];
  shown.hash = '';
  shown.search = '';
  const query = names.map((name) => `${encodeURIComponent(name)}=${mask}`).join('&');
  return {
    url: query === '' ? shown.href : `${shown.href}?${query}`,
    secret: address.secret.map(() => `whsec_${mask}`),
  };
}
