import { BadPayload, Conflict } from '@vaultstream/contracts';
import type { BotAccess, Receipt, SendablePart, SendContext, TargetIdentity } from '../target.ts';
import { telegramAddressSchema } from './address.ts';
import { classify, type ApiError, type Remedy } from './classify.ts';
import { loadPhotos, withBytes } from './photos.ts';
import { messageSchema } from './plan.ts';
import type { Form } from './post.ts';

/** Loaded at the first message: telegraf takes memory that a process without Telegram does not need to have. */
const client = () => import('./post.ts');

/**
 * Sends one message, once. A refusal in the words of the Bot API had no effect, so another form of the same message may go at once: without
 * markup, with bytes instead of a file id, with fewer pictures, or to the chat that the group has become. Each remedy leads to a form that has
 * not been tried, so this ends.
 * @throws As `TargetKind.send`.
 */
export async function sendMessage(part: SendablePart, given: SendContext): Promise<Receipt> {
  const context = withBot(given);
  const { post } = await client();
  const message = messageSchema.parse(part.body);
  const address = telegramAddressSchema.parse(context.address);
  const photos = await loadPhotos(part.files, context);
  const degraded: string[] = photos.length < part.files.length ? ['picture_gone'] : [];
  let form: Form = { message, address, photos, plain: false };
  for (;;) {
    const answer = await attempt(() => post(form, context));
    if ('done' in answer) return receiptOf(form, answer.done, degraded, address.chat_id);
    const remedy = classify(answer.refused);
    if (remedy.do === 'throw') throw remedy.error;
    const next = await remedied(form, remedy, form.address.chat_id !== address.chat_id, context);
    if (!next) throw new BadPayload(`Telegram: ${answer.refused.description}`, { status: answer.refused.code });
    if (remedy.do !== 'upload' && remedy.do !== 'moved') degraded.push(remedy.do);
    form = next;
  }
}

/** Asks who the bot is and whether it can see the chat. @throws As `TargetKind.send`. */
export async function testTarget(given: SendContext & { target: TargetIdentity }): Promise<string> {
  const context = withBot(given);
  const { botApi } = await client();
  const { chat_id } = telegramAddressSchema.parse(context.address);
  const api = botApi(context);
  const answer = await attempt(async () => ({ bot: await api.getMe(), chat: await api.getChat(chat_id) }));
  if ('refused' in answer) {
    const remedy = classify(answer.refused);
    throw remedy.do === 'throw' ? remedy.error : new BadPayload(`Telegram: ${answer.refused.description}`);
  }
  const { bot, chat } = answer.done;
  return `@${bot.username} reaches the ${chat.type} ${'title' in chat ? chat.title : chat_id}`;
}

/** What came of a call: its result, or a refusal in the words of the Bot API. */
async function attempt<T>(call: () => Promise<T>): Promise<{ done: T } | { refused: ApiError }> {
  try {
    return { done: await call() };
  } catch (error) {
    const { TelegramError } = await client();
    if (!(error instanceof TelegramError)) throw error;
    const { code, description, parameters } = error;
    return { refused: { code, description, parameters } };
  }
}

/** The same message in another form, or null when that one has been tried. */
async function remedied(form: Form, remedy: Remedy, moved: boolean, context: SendContext): Promise<Form | null> {
  switch (remedy.do) {
    case 'plain':
      return form.plain ? null : { ...form, plain: true };
    case 'upload': {
      const known = form.photos.some((photo) => 'fileId' in photo);
      return known ? { ...form, photos: await withBytes(form.photos, context) } : fewer(form);
    }
    case 'simpler':
      return fewer(form);
    case 'moved':
      return moved ? null : { ...form, address: { ...form.address, chat_id: remedy.chatId } };
    case 'throw':
      return null;
  }
}

/** An album becomes its first picture, a picture a text. */
function fewer(form: Form): Form | null {
  return form.photos.length === 0 ? null : { ...form, photos: form.photos.length > 1 ? form.photos.slice(0, 1) : [] };
}

function receiptOf(
  { address, photos }: Form,
  { messageIds, files }: { messageIds: string[]; files: { key: string; fileId: string }[] },
  degraded: readonly string[],
  askedFor: string,
): Receipt {
  const chatId = address.chat_id;
  return {
    messageId: messageIds[0] ?? null,
    detail: {
      chat_id: chatId,
      message_ids: messageIds,
      pictures: photos.length,
      ...(degraded.length > 0 && { degraded: [...degraded] }),
    },
    files,
    ...(chatId !== askedFor && { movedTo: { ...address } }),
  };
}

/** @throws Conflict: delivery opens no Telegram target without a bot. */
function withBot<C extends SendContext>(context: C): C & { bot: BotAccess } {
  const { bot } = context;
  if (!bot) throw new Conflict('There is no bot for this target.');
  return { ...context, bot };
}
