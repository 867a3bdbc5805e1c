import { badRequest, Refusal } from './refusal.ts';

/** How the bot stands in a chat. */
export const chatStates = ['member', 'kicked', 'not-member', 'blocked', 'no-rights', 'migrated'] as const;

export interface Chat {
  /** Negative for groups and channels. */
  id: number;
  type: 'private' | 'group' | 'supergroup' | 'channel';
  title: string;
  /** Without `@`. */
  username?: string;
  state: (typeof chatStates)[number];
  /** Of a group that became a supergroup. */
  migratedTo?: number;
}

/** The chats there are, by id and by name. */
export class Chats {
  readonly #chats = new Map<number, Chat>();

  constructor(private readonly initial: readonly Chat[]) {
    this.reset();
  }

  /** Adds a chat, or changes one. */
  set(chat: Chat): void {
    this.#chats.set(chat.id, chat);
  }

  list(): Chat[] {
    return [...this.#chats.values()];
  }

  reset(): void {
    this.#chats.clear();
    for (const chat of this.initial) this.#chats.set(chat.id, { ...chat });
  }

  /** The chat that the bot may see. @param name an id or `@name` @throws Refusal 400, 403 */
  visible(name: string | undefined): Chat {
    const chat = this.#find(name);
    const where = `${chat.type} chat`;
    if (chat.state === 'migrated')
      throw badRequest('group chat was upgraded to a supergroup chat', { migrate_to_chat_id: chat.migratedTo });
    if (chat.state === 'kicked') throw new Refusal(403, `Forbidden: bot was kicked from the ${where}`);
    if (chat.state === 'not-member') throw new Refusal(403, `Forbidden: bot is not a member of the ${where}`);
    if (chat.state === 'blocked') throw new Refusal(403, 'Forbidden: bot was blocked by the user');
    return chat;
  }

  /** The chat that the bot may write to. @throws Refusal 400, 403 */
  writable(name: string | undefined): Chat {
    const chat = this.visible(name);
    if (chat.state !== 'no-rights') return chat;
    throw badRequest(
      chat.type === 'channel'
        ? 'need administrator rights in the channel chat'
        : 'not enough rights to send text messages to the chat',
    );
  }

  #find(name: string | undefined): Chat {
    if (name === undefined || name === '') throw badRequest('chat_id is empty');
    const lower = name.toLowerCase();
    const chat = lower.startsWith('@')
      ? this.list().find(({ username }) => username !== undefined && `@${username.toLowerCase()}` === lower)
      : this.#chats.get(Number(name));
    if (!chat) throw badRequest('chat not found');
    return chat;
  }
}

/** A chat as the API shows it. */
export const chatView = ({ id, type, title, username }: Chat) => ({
  id,
  type,
  ...(type === 'private' ? { first_name: title } : { title }),
  ...(username === undefined ? {} : { username }),
});
