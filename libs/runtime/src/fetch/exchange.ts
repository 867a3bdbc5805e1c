import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import type { Stopwatch } from './budgets.ts';

/** One request to one server, ready to be sent. */
export interface Hop {
  dispatcher: Dispatcher;
  /** Where the request goes on the wire: the base of an override, else the public address. */
  url: URL;
  method: Dispatcher.HttpMethod;
  headers: Record<string, string>;
  body: Buffer | undefined;
}

/** Status and headers are there; the body is still on its way. Destroy `body` to end the connection before its end. */
export interface RawResponse {
  method: string;
  status: number;
  headers: Record<string, string>;
  body: Readable;
}

/**
 * Sends one request, follows nothing, decodes nothing.
 *
 * @throws What undici throws, or the reason of the stopwatch's signal.
 */
export function exchange(hop: Hop, watch: Stopwatch): Promise<RawResponse> {
  watch.signal.throwIfAborted();
  watch.connecting();
  const { promise, resolve, reject } = Promise.withResolvers<RawResponse>();
  const handler = new ExchangeHandler(hop.method, watch, resolve, reject);
  watch.signal.addEventListener('abort', () => handler.abort(watch.reason), { once: true });
  hop.dispatcher.dispatch(
    {
      origin: hop.url.origin,
      path: `${hop.url.pathname}${hop.url.search}`,
      method: hop.method,
      headers: hop.headers,
      body: hop.body,
    },
    handler,
  );
  return promise;
}

class ExchangeHandler implements Dispatcher.DispatchHandler {
  #controller: Dispatcher.DispatchController | undefined;
  #body: Readable | undefined;
  #over = false;

  constructor(
    private readonly method: string,
    private readonly watch: Stopwatch,
    private readonly resolve: (response: RawResponse) => void,
    private readonly reject: (error: unknown) => void,
  ) {}

  /** Ends the exchange in any phase; before there is a connection, as soon as there is one and before a byte is written. */
  abort(reason: Error): void {
    if (this.#over) return;
    this.reject(reason);
    if (this.#body) this.#body.destroy(reason);
    else this.#controller?.abort(reason);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.watch.signal.aborted) return controller.abort(this.watch.reason);
    this.#controller = controller;
    this.watch.waiting();
  }

  onRequestSent(): void {
    if (!this.#body && !this.watch.signal.aborted) this.watch.waiting();
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (status < 200) return;
    this.watch.reading();
    this.#body = new Readable({
      read: () => controller.resume(),
      destroy: (error, done) => {
        // By its name, an observer knows that nothing has failed.
        if (!this.#over)
          controller.abort(error ?? new DOMException('the rest of the body is not wanted', 'AbortError'));
        done(error);
      },
    });
    // Between now and the first reader nobody listens, and an unheard error ends the process. The reader still sees it.
    this.#body.on('error', () => {});
    this.resolve({ method: this.method, status, headers: joined(headers), body: this.#body });
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#body?.push(chunk) === false) controller.pause();
  }

  onResponseEnd(): void {
    this.#over = true;
    this.#body?.push(null);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#over = true;
    this.reject(error);
    this.#body?.destroy(error);
  }
}

/** Own properties only: a header called `__proto__` stays a plain entry. */
function joined(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name.toLowerCase(), Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}
