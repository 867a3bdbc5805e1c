import type { Chat } from './chats.ts';
import { tooManyRequests } from './refusal.ts';

/** At most `messages` in any `seconds`. */
export interface Rate {
  messages: number;
  seconds: number;
}

/** Limits; null: none. */
export interface Rates {
  /** In one chat, whatever it is. */
  chat: Rate | null;
  /** In one group or channel, besides. */
  group: Rate | null;
  /** Of one bot, in all its chats together. */
  bot: Rate | null;
}

/** What Telegram publishes: core.telegram.org/bots/faq, "My bot is hitting limits, how do I avoid this?". */
export const publishedRates: Rates = {
  chat: { messages: 1, seconds: 1 },
  group: { messages: 20, seconds: 60 },
  bot: { messages: 30, seconds: 1 },
};
const noRates: Rates = { chat: null, group: null, bot: null };

/** Limits of sending, off until they are set. */
export class RateLimit {
  rates: Rates = noRates;
  readonly #times = new Map<string, number[]>();

  /**
   * Counts so many messages; an album that is larger than a limit fits into an empty window.
   * @throws Refusal 429 with `retry_after`, and then nothing is counted
   */
  spend(botId: number, chat: Chat, messages: number, now = Date.now()): void {
    const spent = this.#ratesOf(botId, chat).map(([key, { messages: most, seconds }]) => {
      const times = (this.#times.get(key) ?? []).filter((time) => time > now - seconds * 1_000);
      const excess = times.length + messages - most;
      const blocking = excess > 0 ? times[Math.min(excess, times.length) - 1] : undefined;
      const waitMs = blocking === undefined ? 0 : blocking + seconds * 1_000 - now;
      return { key, times, waitMs };
    });
    const waitMs = Math.max(0, ...spent.map((limit) => limit.waitMs));
    if (waitMs > 0) throw tooManyRequests(Math.ceil(waitMs / 1_000));
    for (const { key, times } of spent) this.#times.set(key, [...times, ...Array<number>(messages).fill(now)]);
  }

  reset(): void {
    this.rates = noRates;
    this.#times.clear();
  }

  #ratesOf(botId: number, { id, type }: Chat): [key: string, rate: Rate][] {
    const { chat, group, bot } = this.rates;
    const all: [string, Rate | null][] = [
      [`chat ${id}`, chat],
      [`group ${id}`, type === 'private' ? null : group],
      [`bot ${botId}`, bot],
    ];
    return all.filter((entry): entry is [string, Rate] => entry[1] !== null);
  }
}
