import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Mode } from '../modes/mode.ts';
import type { ModeBook } from '../modes/mode-book.ts';
import { send, spoilers } from '../modes/spoil.ts';
import type { Control } from './control.ts';
import { parseAddress } from './address.ts';
import type { Journal } from './journal.ts';
import { readBody } from './read-body.ts';
import { html, json, type Answer, type Exchange, type Service } from './service.ts';

/** Seconds of `Retry-After` where a mode names none. */
const defaultRetryAfterS = 1;

/** Takes every request, writes it down, lets its service answer, and spoils the answer where a mode says so. */
export class Front {
  readonly #services: ReadonlyMap<string, Service>;

  constructor(
    services: readonly Service[],
    private readonly modes: ModeBook,
    private readonly journal: Journal,
    private readonly control: Control,
  ) {
    this.#services = new Map(services.flatMap((service) => service.hosts.map((host) => [host, service])));
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    if (body === null) return void response.writeHead(413, { connection: 'close' }).end();
    const target = request.url ?? '/';
    if (target === '/' || target.startsWith('/_control'))
      return send(this.control.answer(request.method ?? 'GET', target, body), response);
    const address = parseAddress(target);
    const service = address && this.#services.get(address.host);
    if (!address || !service) return send(html('<h1>No such host in the sandbox</h1>', 404), response);

    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const { host, path, query } = address;
    const method = request.method ?? 'GET';
    const exchange: Exchange = { method, host, path, query, headers: request.headers, body, signal: gone.signal };
    const asked = request.headers['x-sandbox']?.toString() ?? address.mode;
    let mode: Mode | null;
    try {
      mode = this.modes.take({ service: service.name, host, method, path }, asked);
    } catch (error) {
      return send(json({ error: error instanceof Error ? error.message : 'no such mode' }, 400), response);
    }
    await this.#serve(service, exchange, mode, response);
  }

  async #serve(service: Service, exchange: Exchange, mode: Mode | null, response: ServerResponse): Promise<void> {
    const entry = this.journal.begin(service.name, exchange, mode?.text ?? null);
    if (mode?.kind === 'status') {
      entry.status = mode.status;
      return send(service.refuse(mode.status, mode.value ?? defaultRetryAfterS), response);
    }
    if (mode?.kind === 'before') {
      if (mode.name === 'reset') response.socket?.resetAndDestroy();
      return;
    }
    const answer: Answer = await service.answer(exchange);
    entry.effect = answer.status < 400;
    if (mode !== null && /^(timeout|reset)-/.test(mode.name)) return spoilers[mode.name](answer, response, null);
    entry.status = answer.status;
    if (mode === null) return send(answer, response);
    await spoilers[mode.name](answer, response, mode.value);
  }
}
