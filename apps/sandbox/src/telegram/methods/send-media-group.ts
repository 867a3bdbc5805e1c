import type { Method } from '../call.ts';
import { messageView } from '../messages.ts';
import { captionOf, mediaOf } from '../params.ts';
import { badRequest } from '../refusal.ts';

/** Bot API, sendMediaGroup: 2 to 10 items. */
const minItems = 2;
const maxItems = 10;

/** Bot API: sendMediaGroup, of photos or of documents. All items are checked before the first is sent. */
export const sendMediaGroup: Method = ({ bot, form, chats, messages, files, limit }) => {
  const media = mediaOf(form.fields);
  if (media.length === 0) throw badRequest('there are no messages to send');
  if (media.length < minItems) throw badRequest('too few messages to send as an album');
  if (media.length > maxItems) throw badRequest('too many messages to send as an album');
  const [kind, ...otherKinds] = new Set(media.map(({ type }) => type));
  if (kind !== 'photo' && kind !== 'document') throw badRequest(`type "${kind}" can't be used in sendMediaGroup`);
  if (otherKinds.length > 0) throw badRequest('documents cannot be mixed with other media types');
  const chat = chats.writable(form.fields.get('chat_id'));
  const items = media.map((item) => ({
    content: captionOf(item.caption, item.parse_mode),
    file: files.take(bot.id, kind, item.media, form, ''),
  }));
  limit.spend(bot.id, chat, items.length);
  const groupId = String(13_000_000_000 + messages.list().length);
  return items.map(({ content, file }) => messageView(messages.add(bot.id, chat, content, file, groupId), chat));
};
