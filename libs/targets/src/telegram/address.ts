import { z } from 'zod';

/** Where the Bot API is. */
export const apiHost = 'api.telegram.org';

/** A chat, group or channel by its number, which is beyond 2^53 for some. Text, as JSON numbers lose digits. */
const number = z
  .union([z.int(), z.string()])
  .transform((id) => String(id).trim())
  .pipe(
    z
      .string()
      .regex(/^-?[1-9]\d{0,18}$/, 'must be the number of a chat, or the @name of a public one')
      .refine((id) => id !== '-100', 'is only the beginning of a channel’s number: give all of it'),
  );
/** 4 to 32 characters (core.telegram.org, "Usernames"). Names are the same in every spelling. */
const name = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^@[a-z][a-z0-9_]{3,31}$/, 'must be the number of a chat, or the @name of a public one');

/** `{chat_id, message_thread_id?}`: a chat, and a topic of it. */
export const telegramAddressSchema = z.strictObject({
  chat_id: z.union([name, number]),
  message_thread_id: z.int().positive().max(2_147_483_647).optional(),
});
export type TelegramAddress = z.infer<typeof telegramAddressSchema>;

export const keyPrefix = 'TG_CHANNEL_';

/** `TG_CHANNEL_<chat_id>`, and `:<topic>` for a topic of it. */
export function telegramKey({ chat_id, message_thread_id }: TelegramAddress): string {
  return `${keyPrefix}${chat_id}${message_thread_id === undefined ? '' : `:${message_thread_id}`}`;
}

/** The chat of a key. */
export function chatOfKey(key: string): string {
  return key.slice(key.startsWith(keyPrefix) ? keyPrefix.length : 0).split(':')[0] ?? '';
}

/** The one spelling of a key; null for one that no chat can have. */
export function readTelegramKey(key: string): string | null {
  const [, chat_id, topic] = /^([^:]+)(?::([1-9]\d{0,9}))?$/.exec(key.slice(keyPrefix.length)) ?? [];
  const address = telegramAddressSchema.safeParse({
    chat_id,
    ...(topic === undefined ? {} : { message_thread_id: Number(topic) }),
  });
  return address.success ? telegramKey(address.data) : null;
}
