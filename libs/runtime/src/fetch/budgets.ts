import { Unreached } from './errors.ts';

/** How long each phase of a request may take. */
export interface Budgets {
  /** Milliseconds for resolving a name, and again for connecting (TCP and TLS), per hop. */
  connectMs: number;
  /** Milliseconds from handing the request to the connection to the last header of the answer, per hop. */
  headersMs: number;
  /** Milliseconds for everything, all redirects and the body included. */
  totalMs: number;
  /** Milliseconds between two pieces of the body. */
  idleMs: number;
  /** Bytes per second, as they come over the wire, averaged over each 5 s of the body; 0 switches it off. */
  minBytesPerSecond: number;
}

export const defaultBudgets: Budgets = {
  connectMs: 5_000,
  headersMs: 10_000,
  totalMs: 30_000,
  idleMs: 5_000,
  minBytesPerSecond: 1_000,
};

const rateWindowMs = 5_000;

/** The stopwatch of one fetch: aborts its `signal` when a budget is used up or the caller gives up, and knows whether anything was sent. */
export class Stopwatch {
  readonly #abort = new AbortController();
  readonly #total: NodeJS.Timeout;
  readonly #budgets: Budgets;
  #phase: NodeJS.Timeout | undefined;
  #rate: NodeJS.Timeout | undefined;
  #windowBytes = 0;
  /** True from the moment when bytes of a request may have left. */
  sent = false;
  /** The status of the answer whose body is being read. */
  status: number | undefined;

  constructor(budgets: Partial<Budgets> = {}, caller?: AbortSignal) {
    this.#budgets = { ...defaultBudgets, ...budgets };
    const { totalMs } = this.#budgets;
    this.#total = setTimeout(() => this.#exceed(`not done within ${totalMs} ms`), totalMs);
    const follow = () => this.#abort.abort(new Unreached('aborted by the caller', { cause: caller?.reason }));
    if (caller?.aborted) follow();
    else caller?.addEventListener('abort', follow, { once: true, signal: this.#abort.signal });
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Why the signal aborted. */
  get reason(): Error {
    return this.signal.reason as Error;
  }

  resolving(): void {
    this.#enter('no answer from the name servers', this.#budgets.connectMs);
  }

  connecting(): void {
    this.#enter('no connection', this.#budgets.connectMs);
  }

  waiting(): void {
    this.sent = true;
    this.#enter('no response headers', this.#budgets.headersMs);
  }

  reading(): void {
    this.#enter('no further data', this.#budgets.idleMs);
    if (this.signal.aborted) return;
    const least = (this.#budgets.minBytesPerSecond * rateWindowMs) / 1_000;
    this.#windowBytes = 0;
    this.#rate = setInterval(() => {
      if (this.#windowBytes < least) this.#exceed(`slower than ${this.#budgets.minBytesPerSecond} bytes a second`);
      this.#windowBytes = 0;
    }, rateWindowMs);
  }

  /** Bytes of the body came over the wire. */
  received(bytes: number): void {
    this.#windowBytes += bytes;
    this.#phase?.refresh();
  }

  /** @throws The signal's reason as soon as it aborts, else what `work` gives. */
  async race<T>(work: Promise<T>): Promise<T> {
    const { promise, reject } = Promise.withResolvers<never>();
    const stop = () => reject(this.reason);
    if (this.signal.aborted) stop();
    else this.signal.addEventListener('abort', stop, { once: true });
    try {
      return await Promise.race([promise, work]);
    } finally {
      this.signal.removeEventListener('abort', stop);
    }
  }

  /** Clears every timer; late pieces of work see an aborted signal. */
  end(): void {
    this.#leave();
    clearTimeout(this.#total);
    this.#abort.abort(new Unreached('over'));
  }

  #enter(missing: string, ms: number): void {
    this.#leave();
    if (this.signal.aborted) return;
    this.#phase = setTimeout(() => this.#exceed(`${missing} within ${ms} ms`), ms);
  }

  #leave(): void {
    clearTimeout(this.#phase);
    clearInterval(this.#rate);
  }

  #exceed(message: string): void {
    this.#abort.abort(new Unreached(message));
  }
}
