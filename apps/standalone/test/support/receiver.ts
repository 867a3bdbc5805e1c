import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';

export interface Received {
  id: string;
  contentId: number;
  body: Record<string, unknown>;
}

/** A webhook receiver on loopback: checks each signature as a customer would, remembers what came, answers 204. */
export class Receiver {
  readonly received: Received[] = [];
  /** Calls whose signature was wrong. */
  refused = 0;
  /** Set once the target has been made. */
  secret = '';
  private constructor(
    private readonly server: Server,
    readonly baseUrl: string,
  ) {}

  static async start(): Promise<Receiver> {
    const server = createServer((request, response) => {
      void text(request).then((body) => {
        try {
          const headers = request.headers as Record<string, string>;
          const payload = new Webhook(receiver.secret).verify(body, headers) as { data: { content: { id: number } } };
          receiver.received.push({
            id: headers['webhook-id'] ?? '',
            contentId: payload.data.content.id,
            body: { ...payload },
          });
          response.writeHead(204).end();
        } catch {
          receiver.refused++;
          response.writeHead(401).end();
        }
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const receiver = new Receiver(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    return receiver;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
