import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { GeneratedPage } from './generated-pages.ts';
import { makePng } from './png.ts';

/** Pages on loopback, reached through a host override as https://generated.example.com/<index>. */
export class GeneratedSite {
  static readonly host = 'generated.example.com';

  private constructor(
    private readonly server: Server,
    readonly baseUrl: string,
  ) {}

  static async start(pages: readonly GeneratedPage[]): Promise<GeneratedSite> {
    const server = createServer((request, response) => {
      const [, picture, index] = /^\/(picture)?(\d+)$/.exec(request.url ?? '') ?? [];
      const page = pages[Number(index)];
      if (picture) response.writeHead(200, { 'content-type': 'image/png' }).end(makePng(96, 80, Number(index)));
      else if (page) response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(render(page));
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new GeneratedSite(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  }

  url({ index }: GeneratedPage): string {
    return `https://${GeneratedSite.host}/${index}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

function render({ title, description, author, paragraphs, keywords, pictures }: GeneratedPage): string {
  const meta = (name: string, content: string) => `<meta property="${name}" content="${escape(content)}">`;
  return `<!doctype html><html><head><title>${escape(title)}</title>
    ${meta('og:title', title)}${meta('og:description', description)}${meta('author', author)}
    ${meta('keywords', keywords.join(','))}${pictures
      .slice(0, 1)
      .map((cover) => meta('og:image', `/picture${cover}`))
      .join('')}
    </head><body><article><h1>${escape(title)}</h1>
    ${paragraphs.map((paragraph) => `<p>${escape(paragraph)}</p>`).join('')}
    ${pictures.map((picture) => `<p><img src="/picture${picture}" width="960" height="800" alt=""></p>`).join('')}
    </article></body></html>`;
}

const escape = (text: string): string =>
  text.toWellFormed().replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
