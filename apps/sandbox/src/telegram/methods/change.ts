import type { Call, Method } from '../call.ts';
import type { FormattedText } from '../html.ts';
import { messageView } from '../messages.ts';
import { captionOf, integerOf, textOf } from '../params.ts';
import { badRequest } from '../refusal.ts';

/** Bot API: editMessageText. */
export const editMessageText: Method = (call) => edit(call, textOf(call.form.fields), 'text');

/** Bot API: editMessageCaption. */
export const editMessageCaption: Method = (call) => {
  const { fields } = call.form;
  return edit(call, captionOf(fields.get('caption'), fields.get('parse_mode')), 'caption');
};

/** Bot API: deleteMessage. */
export const deleteMessage: Method = ({ form: { fields }, chats, messages }) => {
  const chat = chats.visible(fields.get('chat_id'));
  messages.find(chat, integerOf(fields, 'message_id'), 'delete').deleted = true;
  return true;
};

function edit({ form: { fields }, chats, messages }: Call, content: FormattedText, kind: 'text' | 'caption'): unknown {
  const chat = chats.writable(fields.get('chat_id'));
  const message = messages.find(chat, integerOf(fields, 'message_id'), 'edit');
  if ((message.file === null) !== (kind === 'text')) throw badRequest(`there is no ${kind} in the message to edit`);
  if (message.text === content.text && JSON.stringify(message.entities) === JSON.stringify(content.entities))
    throw badRequest(
      'message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message',
    );
  Object.assign(message, content, { edits: message.edits + 1 });
  return messageView(message, chat);
}
