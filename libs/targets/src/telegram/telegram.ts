import type { RateLimit, TargetIdentity, TargetKind } from '../target.ts';
import {
  apiHost,
  chatOfKey,
  keyPrefix,
  readTelegramKey,
  telegramAddressSchema,
  telegramKey,
  type TelegramAddress,
} from './address.ts';
import { maxAlbum, maxCaption, maxText, planMessage, wantedPictures } from './plan.ts';
import { sendMessage, testTarget } from './send.ts';

const parse = (address: unknown): TelegramAddress => telegramAddressSchema.parse(address);

/**
 * A chat, group or channel of Telegram, reached by a bot. Telegram recognises no repeated message, so one in doubt stays in doubt. What fits is
 * in plan.ts, what an error means in classify.ts.
 */
export const telegram: TargetKind = {
  kind: 'telegram',
  addressSchema: telegramAddressSchema,
  secretFields: [],
  // Files: photos up to 10 MB (core.telegram.org/bots/api#sending-files). Bodies: both texts, twice, with every character escaped.
  limits: { text: maxText, caption: maxCaption, media: maxAlbum, fileBytes: 10_000_000, bodyBytes: 65_536 },
  idempotent: false,
  needsBot: true,
  botToken: /^\d{1,19}:[\w-]{20,}$/,
  complete: (address) => ({ address, made: null }),
  key: (address) => telegramKey(parse(address)),
  keyPrefix,
  readKey: readTelegramKey,
  maskAddress: (address) => address,
  checkAddress: () => undefined,
  host: () => apiHost,
  rateLimits,
  pictures: wantedPictures,
  plan: (content, context) => [planMessage(content, context)],
  send: sendMessage,
  test: testTarget,
};

/**
 * About 30 messages a second for a bot, one a second for a chat, 20 a minute for a group or channel (core.telegram.org/bots/faq, "My bot is
 * hitting limits"). The true limits are unpublished: what a 429 says wins.
 */
function rateLimits({ key, botConfigId }: TargetIdentity): RateLimit[] {
  const chat = chatOfKey(key);
  const isGroup = chat.startsWith('-') || chat.startsWith('@');
  return [
    { key: `telegram:bot:${botConfigId ?? 'primary'}`, count: 30, windowMs: 1_000, burst: 10, shared: true },
    { key: `telegram:chat:${chat}`, count: 1, windowMs: 1_000, burst: 1 },
    ...(isGroup ? [{ key: `telegram:group:${chat}`, count: 20, windowMs: 60_000, burst: 5 }] : []),
  ];
}
