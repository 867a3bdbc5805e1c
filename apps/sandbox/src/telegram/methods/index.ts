import type { Method } from '../call.ts';
import { deleteMessage, editMessageCaption, editMessageText } from './change.ts';
import { getChat, getChatMember, getMe, sendChatAction } from './look.ts';
import { deleteWebhook, getUpdates, getWebhookInfo, setWebhook } from './receive.ts';
import { sendMediaGroup } from './send-media-group.ts';
import { sendDocument, sendMessage, sendPhoto } from './send.ts';

const all: Readonly<Record<string, Method>> = {
  deleteMessage,
  deleteWebhook,
  editMessageCaption,
  editMessageText,
  getChat,
  getChatMember,
  getMe,
  getUpdates,
  getWebhookInfo,
  sendChatAction,
  sendDocument,
  sendMediaGroup,
  sendMessage,
  sendPhoto,
  setMyCommands: () => true,
  setWebhook,
};

/** By name in lower case: the real API does not look at case. */
export const methods: ReadonlyMap<string, Method> = new Map(
  Object.entries(all).map(([name, method]) => [name.toLowerCase(), method]),
);
