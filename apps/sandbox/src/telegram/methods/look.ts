import { botView } from '../bots.ts';
import type { Method } from '../call.ts';
import { chatView } from '../chats.ts';

/** Bot API: getMe. */
export const getMe: Method = ({ bot }) => botView(bot);

/** Bot API: getChat. */
export const getChat: Method = ({ form: { fields }, chats }) => chatView(chats.visible(fields.get('chat_id')));

/** Bot API: getChatMember, of the bot itself whomever one asks for. */
export const getChatMember: Method = ({ bot, form: { fields }, chats }) => {
  const chat = chats.visible(fields.get('chat_id'));
  const user = botView(bot);
  if (chat.state === 'no-rights') return { user, status: 'restricted', can_send_messages: false };
  return chat.type === 'channel'
    ? { user, status: 'administrator', can_post_messages: true, can_edit_messages: true, can_delete_messages: true }
    : { user, status: 'member' };
};

/** Bot API: sendChatAction. */
export const sendChatAction: Method = ({ form: { fields }, chats }) => {
  chats.writable(fields.get('chat_id'));
  return true;
};
