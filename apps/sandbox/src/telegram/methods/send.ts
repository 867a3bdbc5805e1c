import type { Call, Method } from '../call.ts';
import type { FileKind } from '../files.ts';
import { messageView } from '../messages.ts';
import { captionOf, textOf } from '../params.ts';

/** Bot API: sendMessage. */
export const sendMessage: Method = ({ bot, form: { fields }, chats, messages, limit }) => {
  const content = textOf(fields);
  const chat = chats.writable(fields.get('chat_id'));
  limit.spend(bot.id, chat, 1);
  return messageView(messages.add(bot.id, chat, content, null, null), chat);
};

/** Bot API: sendPhoto. */
export const sendPhoto: Method = (call) => sendFile(call, 'photo');

/** Bot API: sendDocument. */
export const sendDocument: Method = (call) => sendFile(call, 'document');

function sendFile({ bot, form, chats, messages, files, limit }: Call, kind: FileKind): unknown {
  const { fields } = form;
  const content = captionOf(fields.get('caption'), fields.get('parse_mode'));
  const chat = chats.writable(fields.get('chat_id'));
  const file = files.take(bot.id, kind, fields.get(kind), form, kind);
  limit.spend(bot.id, chat, 1);
  return messageView(messages.add(bot.id, chat, content, file, null), chat);
}
