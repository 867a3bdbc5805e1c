import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { makePng } from '../../apps/standalone/test/support/png.ts';

/** Hosts of pages, and as many targets: one host or target may take a quarter of a worker only. */
export const lanes = 6;

/** How long a page takes to answer: milliseconds. */
const pageMs = { least: 80, most: 140 };

/**
 * Sites and a webhook receiver on one port of loopback, reached through host overrides. `/a/<n>` is a page without pictures, `/p/<n>/<picture>`
 * one with a picture, `/gone/<n>` is missing as long as `gone` says so.
 */
export class Outside {
  gone = true;
  /** Webhook-ids that arrived, by content. */
  readonly hooks = new Map<number, Set<string>>();
  private constructor(
    private readonly server: Server,
    private readonly url: string,
  ) {}

  static async start(): Promise<Outside> {
    const server = createServer((request, response) => {
      outside.answer(request, response).catch(() => response.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const outside = new Outside(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    return outside;
  }

  /** For FETCH_HOST_OVERRIDES. */
  get hosts(): string {
    return Array.from({ length: lanes }, (_, lane) =>
      [pageHost(lane), hookHost(lane)].map((host) => `${host}=${this.url}`).join(','),
    ).join(',');
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === 'POST') {
      const { data } = (await json(request)) as { data?: { content?: { id: number } } };
      const id = data?.content?.id ?? 0;
      this.hooks.set(id, (this.hooks.get(id) ?? new Set()).add(String(request.headers['webhook-id'])));
      response.writeHead(204).end();
      return;
    }
    const [, kind, number, picture] = /^\/(a|p|gone|picture)\/(\d+)(?:\/(\d+))?/.exec(request.url ?? '') ?? [];
    if (kind === 'picture') {
      response.writeHead(200, { 'content-type': 'image/png' }).end(makePng(32, 24, Number(number)));
      return;
    }
    await sleep(pageMs.least + Math.random() * (pageMs.most - pageMs.least));
    const missing = kind === undefined || (kind === 'gone' && this.gone);
    response.writeHead(missing ? 404 : 200, { 'content-type': 'text/html; charset=utf-8' });
    response.end(missing ? '<h1>Not found</h1>' : page(`${kind} ${number}`, picture));
  }
}

export const pageHost = (lane: number): string => `press${lane}.example.net`;
export const hookHost = (lane: number): string => `hooks${lane}.example.net`;

/** Small, so that the harness measures the way and not the parser. */
function page(name: string, picture: string | undefined): string {
  const text = `Page ${name}: the harbour was quiet, the ferries lay at their moorings, and nobody on the quay remembered the lamps. `;
  const image =
    picture === undefined ? '' : `<img src="/picture/${picture}" width="320" height="240" alt="the harbour">`;
  return `<!doctype html><html lang="en"><head><title>Page ${name}</title></head><body><article><h1>Page ${name}</h1>
    <p>${text.repeat(3)}</p>${image}<p>${text.repeat(2)}</p></article></body></html>`;
}
