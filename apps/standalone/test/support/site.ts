import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { makePng } from './png.ts';

/**
 * A small news site on loopback, reached through a host override as https://news.example.com. Article `n` has two pictures:
 * one of its own and one that every third article shares. A flaky article is there from the second time on. Counts what was asked for.
 */
export class Site {
  static readonly host = 'news.example.com';
  readonly hits = new Map<string, number>();
  private constructor(
    private readonly server: Server,
    readonly baseUrl: string,
  ) {}

  static async start(port = 0): Promise<Site> {
    const server = createServer((request, response) => {
      const path = new URL(request.url ?? '/', 'http://site').pathname;
      site.hits.set(path, (site.hits.get(path) ?? 0) + 1);
      const [, kind, id] = /^\/(articles|wiki|pictures|missing|flaky)\/([\w-]+)/.exec(path) ?? [];
      if (kind === 'flaky' && site.hits.get(path) === 1) {
        response.writeHead(503, { 'content-type': 'text/html' }).end('<h1>Not now</h1>');
      } else if (kind === 'articles' || kind === 'wiki' || kind === 'flaky') {
        response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(article(id ?? ''));
      } else if (kind === 'pictures') {
        response.writeHead(200, { 'content-type': 'image/png' }).end(makePng(64, 48, Number(id)));
      } else {
        drain(request);
        response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>Not found</h1>');
      }
    });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    const site = new Site(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    return site;
  }

  url(id: number | string): string {
    return `https://${Site.host}/articles/${id}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

function drain(request: IncomingMessage): void {
  request.resume();
}

function article(id: string): string {
  const paragraph = `Paragraph of article ${id}: the harbour was quiet, the ferries lay at their moorings, and nobody on the quay remembered when the lamps had last been lit before noon. `;
  return `<!doctype html><html lang="en"><head><title>Article ${id}</title>
    <meta property="og:title" content="Article ${id}: lamps at noon">
    <meta property="og:site_name" content="Example News">
    <meta property="og:description" content="What happened at the harbour, part ${id}.">
    <meta property="og:image" content="/pictures/${1000 + Number(id)}">
    <meta property="article:published_time" content="2026-01-02T03:04:05Z">
    <meta name="author" content="Ada Example">
    <meta name="keywords" content="harbour, lamps">
    </head><body><article><h1>Article ${id}: lamps at noon</h1>
    ${`<p>${paragraph.repeat(3)}</p>`.repeat(5)}
    <img src="/pictures/${1 + (Number(id) % 3)}" width="640" height="480" alt="the harbour">
    ${`<p>${paragraph.repeat(3)}</p>`.repeat(2)}</article></body></html>`;
}
