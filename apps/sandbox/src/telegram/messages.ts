import { chatView, type Chat } from './chats.ts';
import type { SentFile } from './files.ts';
import type { FormattedText, MessageEntity } from './html.ts';
import { badRequest } from './refusal.ts';

/** A message that reached a chat. */
export interface SentMessage {
  /** Counts from 1 over all chats. */
  seq: number;
  botId: number;
  chatId: number;
  messageId: number;
  /** Text or caption, without markup. */
  text: string;
  entities: MessageEntity[];
  file: SentFile | null;
  /** The same for all items of an album. */
  mediaGroupId: string | null;
  /** Milliseconds since the epoch. */
  at: number;
  /** How often it was edited. */
  edits: number;
  deleted: boolean;
}

/** Every message of every chat, in order; deleted ones too. */
export class Messages {
  readonly #messages: SentMessage[] = [];
  readonly #lastIds = new Map<number, number>();

  add(
    botId: number,
    chat: Chat,
    content: FormattedText,
    file: SentFile | null,
    mediaGroupId: string | null,
  ): SentMessage {
    const messageId = (this.#lastIds.get(chat.id) ?? 0) + 1;
    this.#lastIds.set(chat.id, messageId);
    const message: SentMessage = {
      seq: this.#messages.length + 1,
      botId,
      chatId: chat.id,
      messageId,
      ...content,
      file,
      mediaGroupId,
      at: Date.now(),
      edits: 0,
      deleted: false,
    };
    this.#messages.push(message);
    return message;
  }

  list(chatId?: number): SentMessage[] {
    return this.#messages.filter((message) => chatId === undefined || message.chatId === chatId);
  }

  /** A message that is still there. @param purpose such as `edit` @throws Refusal 400 */
  find(chat: Chat, messageId: number | undefined, purpose: string): SentMessage {
    const found = this.#messages.find(
      (message) => message.chatId === chat.id && message.messageId === messageId && !message.deleted,
    );
    if (!found) throw badRequest(`message to ${purpose} not found`);
    return found;
  }

  reset(): void {
    this.#messages.length = 0;
    this.#lastIds.clear();
  }
}

/** A message as the API shows it. */
export function messageView(message: SentMessage, chat: Chat) {
  const { messageId, at, text, entities, file, mediaGroupId, edits } = message;
  const date = Math.floor(at / 1_000);
  const entityField = entities.length === 0 ? {} : { [file ? 'caption_entities' : 'entities']: entities };
  return {
    message_id: messageId,
    ...(chat.type === 'channel' ? { sender_chat: chatView(chat) } : {}),
    chat: chatView(chat),
    date,
    ...(edits > 0 ? { edit_date: date } : {}),
    ...(mediaGroupId === null ? {} : { media_group_id: mediaGroupId }),
    ...(file ? fileView(file) : {}),
    ...(text === '' ? {} : { [file ? 'caption' : 'text']: text, ...entityField }),
  };
}

function fileView({ kind, fileId, uniqueId, bytes, width, height, fileName }: SentFile) {
  const ids = { file_id: fileId, file_unique_id: uniqueId, file_size: bytes };
  if (kind === 'document') return { document: { file_name: fileName, ...ids } };
  // The real servers give each size an id of its own; the last is the largest.
  const scale = Math.min(1, 90 / Math.max(width, height));
  const small = { width: Math.ceil(width * scale), height: Math.ceil(height * scale), file_size: 1_200 };
  return {
    photo: [
      { file_id: `${fileId}s`, file_unique_id: `${uniqueId}s`, ...small },
      { ...ids, width, height },
    ],
  };
}
