import { Refusal } from './refusal.ts';
import { UpdateQueue } from './update-queue.ts';

export interface Bot {
  id: number;
  token: string;
  username: string;
  /** Where updates are pushed to; empty: they are asked for. */
  webhookUrl: string;
  updates: UpdateQueue;
}

/** The bot accounts there are, by token. */
export class Bots {
  readonly #bots = new Map<string, Bot>();

  constructor(private readonly initial: readonly { token: string; username: string }[]) {
    this.reset();
  }

  /** @param token `<id>:<35 characters>` */
  add(token: string, username: string): Bot {
    const bot = { id: Number(token.split(':')[0]), token, username, webhookUrl: '', updates: new UpdateQueue() };
    this.#bots.set(token, bot);
    return bot;
  }

  /** From now on its token is unknown. */
  remove(token: string): void {
    this.#bots.delete(token);
  }

  /** @throws Refusal 401 */
  byToken(token: string): Bot {
    const bot = this.#bots.get(token);
    if (!bot) throw new Refusal(401, 'Unauthorized');
    return bot;
  }

  reset(): void {
    this.#bots.clear();
    for (const { token, username } of this.initial) this.add(token, username);
  }
}

/** A bot as the API shows it. */
export const botView = ({ id, username }: Bot) => ({
  id,
  is_bot: true,
  first_name: username,
  username,
  can_join_groups: true,
  can_read_all_group_messages: false,
  supports_inline_queries: false,
});
