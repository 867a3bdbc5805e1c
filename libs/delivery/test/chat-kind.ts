import { OutcomeUnknown } from '@vaultstream/contracts';
import { raiseForStatus, surelyNotSent } from '@vaultstream/runtime';
import { targetKinds, type RateLimit, type TargetKind } from '@vaultstream/targets';
import { z } from 'zod';

/** Rates of the chat service below; a spec may set them. */
export const chatRates: { limits: Omit<RateLimit, 'key'>[] } = { limits: [] };

const addressSchema = z.strictObject({ url: z.string() });

/**
 * A chat service as one cannot run it here: it does not recognise repeated messages, so what is in doubt stays in doubt. Each content
 * is two messages: the title and the text.
 */
const chat: TargetKind = {
  kind: 'chat',
  addressSchema,
  secretFields: [],
  limits: { text: 4_096, caption: 1_024, media: 10, fileBytes: 10_000_000, bodyBytes: 100_000 },
  idempotent: false,
  needsBot: false,
  complete: (address) => ({ address, made: null }),
  key: (address) => `CHAT_${addressSchema.parse(address).url.split('/').at(-1) ?? ''}`,
  keyPrefix: 'CHAT_',
  readKey: (key) => key,
  maskAddress: (address) => address,
  checkAddress: () => undefined,
  host: (address) => new URL(addressSchema.parse(address).url).host,
  rateLimits: ({ key }) => chatRates.limits.map((limit, index) => ({ key: `${key}:${index}`, ...limit })),
  plan: ({ title, body_text }) =>
    [title, body_text].flatMap((text) => (text === null ? [] : [{ body: { text }, files: [], cost: 1 }])),
  async send(part, { http, address, signal }) {
    const { url } = addressSchema.parse(address);
    try {
      const response = await http.fetch({ url, method: 'POST', body: JSON.stringify(part.body), signal });
      return { messageId: raiseForStatus(response).body.toString(), detail: {} };
    } catch (error) {
      if (surelyNotSent(error) || (error instanceof Error && 'status' in error && error.status !== undefined))
        throw error;
      throw new OutcomeUnknown('no reply', { cause: error });
    }
  },
  test: async () => 'fine',
};

/** Adds the chat service to the registry of this process. */
export function registerChat(): void {
  const registry = targetKinds as TargetKind[];
  if (!registry.includes(chat)) registry.push(chat);
}
