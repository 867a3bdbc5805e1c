import { tooManyRequests } from './refusal.ts';

/** At most `messages` in any `seconds` in one chat. */
export interface Rate {
  messages: number;
  seconds: number;
}

/** A limit for each chat, off until it is set. */
export class RateLimit {
  rate: Rate | null = null;
  readonly #times = new Map<number, number[]>();

  /** Counts so many messages. @throws Refusal 429 with `retry_after`, and then nothing is counted */
  spend(chatId: number, messages: number, now = Date.now()): void {
    if (this.rate === null) return;
    const windowMs = this.rate.seconds * 1_000;
    const times = (this.#times.get(chatId) ?? []).filter((time) => time > now - windowMs);
    const excess = times.length + messages - this.rate.messages;
    const blocking = times[Math.min(excess, times.length) - 1];
    if (excess > 0 && blocking !== undefined)
      throw tooManyRequests(Math.max(1, Math.ceil((blocking + windowMs - now) / 1_000)));
    this.#times.set(chatId, [...times, ...Array<number>(messages).fill(now)]);
  }

  reset(): void {
    this.rate = null;
    this.#times.clear();
  }
}
