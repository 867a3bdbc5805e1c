import type { Chat } from './chats.ts';

/** The bot that is there from the beginning. Made up; of the real form. */
export const defaultBot = { token: '7000000001:AAE-vaultstream-sandbox-0123456789a', username: 'sandbox_bot' } as const;

/** Its channel. */
export const defaultChannel = -1001000000001;

/** The chats that are there from the beginning: one in each state. */
export const defaultChats: readonly Chat[] = [
  { id: defaultChannel, type: 'channel', title: 'Sandbox Channel', username: 'sandbox_channel', state: 'member' },
  { id: -1001000000002, type: 'supergroup', title: 'Sandbox Group', state: 'member' },
  { id: 42, type: 'private', title: 'Sandbox Person', state: 'member' },
  { id: -1001000000403, type: 'channel', title: 'Kicked from here', state: 'kicked' },
  { id: -1001000000404, type: 'channel', title: 'Never joined', state: 'not-member' },
  { id: 43, type: 'private', title: 'Blocked the bot', state: 'blocked' },
  { id: -1001000000400, type: 'channel', title: 'Not an administrator', state: 'no-rights' },
  { id: -500, type: 'group', title: 'Moved on', state: 'migrated', migratedTo: -1001000000002 },
];
