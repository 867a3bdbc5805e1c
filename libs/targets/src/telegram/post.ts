import type { BotAccess, SendContext } from '../target.ts';
import type { TelegramAddress } from './address.ts';
import { GuardedTelegram, TelegramError } from './bot-api.ts';
import type { Photo } from './photos.ts';
import type { TelegramMessage } from './plan.ts';

export { TelegramError };

/** One way to send a message. */
export interface Form {
  message: TelegramMessage;
  address: TelegramAddress;
  /** None: a text; one: a photo; several: an album. */
  photos: readonly Photo[];
  /** Without markup. */
  plain: boolean;
}

/** What came of it. */
export interface Posted {
  messageIds: string[];
  /** What Telegram calls the pictures from now on. */
  files: { key: string; fileId: string }[];
}

/** The members of a sent message that matter here. */
interface SentMessage {
  message_id: number;
  photo?: { file_id: string }[];
}

/** The Bot API for one call or two. */
export function botApi({ http, signal, bot }: { bot: BotAccess } & Pick<SendContext, 'http' | 'signal'>) {
  return new GuardedTelegram(bot.token, http, signal);
}

/** Sends a message in one form, once. @throws As `GuardedTelegram.callApi`. */
export async function post(form: Form, context: SendContext & { bot: BotAccess }): Promise<Posted> {
  const sent = await call(form, context);
  const files = form.photos.flatMap(({ file }, index) => {
    // The last size is the largest: the picture itself.
    const fileId = sent[index]?.photo?.at(-1)?.file_id;
    return fileId === undefined ? [] : [{ key: file.key, fileId }];
  });
  return { messageIds: sent.map(({ message_id }) => String(message_id)), files };
}

async function call(form: Form, context: SendContext & { bot: BotAccess }): Promise<SentMessage[]> {
  const api = botApi(context);
  const { message, address, photos, plain } = form;
  const written = photos.length > 0 && message.caption !== null ? message.caption : message.text;
  const parse_mode = plain ? undefined : ('HTML' as const);
  const text = plain ? written.plain : written.html;
  const has_spoiler = message.spoiler || undefined;
  const to = { ...address, disable_notification: message.silent || undefined };
  const [first] = photos;
  if (!first) return [await api.callApi('sendMessage', { ...to, text, parse_mode })];
  if (photos.length === 1)
    return [await api.callApi('sendPhoto', { ...to, photo: inputOf(first), caption: text, parse_mode, has_spoiler })];
  const media = photos.map((photo, index) => ({
    type: 'photo' as const,
    media: inputOf(photo),
    has_spoiler,
    ...(index === 0 && { caption: text, parse_mode }),
  }));
  return await api.callApi('sendMediaGroup', { ...to, media });
}

const inputOf = (photo: Photo) =>
  'fileId' in photo ? photo.fileId : { source: photo.bytes, filename: photo.file.key.split('/').at(-1) };
