import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Hosts of its pages: one host may have a part of the workers only. */
const hosts = 16;

/** What a path is answered with; undefined: not found. */
export type Answering = (path: string) => string | Buffer | undefined;

/** Sites on one port of loopback, reached through host overrides as https://press<n>.example.net. They answer at once, from memory. */
export class Site {
  private constructor(private readonly server: Server) {}

  static async start(answer: Answering): Promise<Site> {
    const server = createServer((request, response) => {
      const body = answer(request.url ?? '/');
      const type = typeof body === 'string' ? 'text/html; charset=utf-8' : 'image/jpeg';
      response.writeHead(body === undefined ? 404 : 200, { 'content-type': type }).end(body ?? 'not found');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new Site(server);
  }

  /** For FETCH_HOST_OVERRIDES. */
  get overrides(): string {
    const { port } = this.server.address() as AddressInfo;
    return Array.from({ length: hosts }, (_, n) => `press${n}.example.net=http://127.0.0.1:${port}`).join(',');
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** The public address of a path: the hosts take turns. */
export const addressOf = (path: string, index: number): string => `https://press${index % hosts}.example.net${path}`;
