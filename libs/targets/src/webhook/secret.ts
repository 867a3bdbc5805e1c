import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { z } from 'zod';

/** Standard Webhooks 1.0.0, "Signature scheme": `whsec_` and the base64 of 24 to 64 random bytes. */
const prefix = 'whsec_';
const minBytes = 24;
const maxBytes = 64;
/** Bytes of a secret that we make. */
const madeBytes = 32;

/** One signing secret in its only spelling. */
export const webhookSecretSchema = z.string().refine(isSecret, 'must be whsec_ and the base64 of 24 to 64 bytes');

/** A new signing secret. */
export function makeWebhookSecret(): string {
  return prefix + randomBytes(madeBytes).toString('base64');
}

/** The headers of one try. With several secrets (a key is being replaced) each signs: receivers accept any signature they know. */
export function signatureHeaders(
  secrets: readonly string[],
  message: { id: string; at: Date; body: string },
): Record<string, string> {
  return {
    'webhook-id': message.id,
    'webhook-timestamp': String(Math.floor(message.at.getTime() / 1_000)),
    'webhook-signature': secrets
      .map((secret) => new Webhook(secret).sign(message.id, message.at, message.body))
      .join(' '),
  };
}

function isSecret(value: string): boolean {
  if (!value.startsWith(prefix)) return false;
  const text = value.slice(prefix.length);
  const bytes = Buffer.from(text, 'base64');
  return bytes.length >= minBytes && bytes.length <= maxBytes && bytes.toString('base64') === text;
}
