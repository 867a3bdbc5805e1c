import { Refusal } from './refusal.ts';

export interface Update {
  update_id: number;
  [kind: string]: unknown;
}

/** What a bot has not yet read. Only one reader at a time, as with the real thing. */
export class UpdateQueue {
  #updates: Update[] = [];
  #lastId = 100_000;
  #wake: (() => void) | undefined;
  #oust: ((error: Refusal) => void) | undefined;

  /** @param update without its id */
  push(update: Record<string, unknown>): Update {
    const made = { ...update, update_id: ++this.#lastId };
    this.#updates.push(made);
    this.#wake?.();
    return made;
  }

  /**
   * Forgets what lies before `offset` and answers the rest; waits up to `timeoutS` seconds when there is none.
   * @throws Refusal 409 when another reader comes meanwhile
   */
  async read(offset: number, limit: number, timeoutS: number, signal: AbortSignal): Promise<Update[]> {
    this.#oust?.(
      new Refusal(
        409,
        'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running',
      ),
    );
    this.#updates = this.#updates.filter(({ update_id }) => update_id >= offset);
    if (this.#updates.length === 0 && timeoutS > 0) await this.#wait(timeoutS, signal);
    return this.#updates.slice(0, limit);
  }

  async #wait(timeoutS: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, timeoutS * 1_000);
    const stop = () => resolve();
    signal.addEventListener('abort', stop, { once: true });
    [this.#wake, this.#oust] = [stop, reject];
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      if (this.#wake === stop) [this.#wake, this.#oust] = [undefined, undefined];
    }
  }
}
