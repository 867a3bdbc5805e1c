import { createServer, request as ask, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** What a middleman does with a request; nothing: passes it on. */
export interface Mischief {
  /** Answers with this status by itself. */
  answer?: number;
  body?: string;
  /** Passes the request on, and closes the connection after so many bytes of the answer's body. */
  cutAnswerAfter?: number;
  /** Changes the last byte of the request's body on its way. */
  alterBody?: true;
  /** Passes the request on when this resolves, whether or not anybody waits for the answer. */
  hold?: Promise<unknown>;
  /** Answers nothing. */
  silence?: true;
}

/** Something between the driver and the S3 that does what a spec says. Host and signature stay as they are. */
export class Middleman {
  mischief: (request: IncomingMessage) => Mischief | undefined = () => undefined;
  /** Method and path of what came, in order. */
  readonly seen: string[] = [];
  private readonly server = createServer((request, response) => void this.handle(request, response));

  private constructor(private readonly target: URL) {}

  static async between(endpoint: string): Promise<Middleman> {
    const middleman = new Middleman(new URL(endpoint));
    middleman.server.listen(0, '127.0.0.1');
    await once(middleman.server, 'listening');
    return middleman;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const mischief = this.mischief(request) ?? {};
    this.seen.push(`${request.method} ${request.url}`);
    if (mischief.silence) return;
    const body = await buffer(request);
    await mischief.hold;
    if (mischief.answer !== undefined) return void response.writeHead(mischief.answer).end(mischief.body);
    if (mischief.alterBody && body.length > 0) body[body.length - 1] = ~(body.at(-1) ?? 0) & 0xff;
    const { hostname, port } = this.target;
    const { method, url: path, headers } = request;
    const onward = ask({ hostname, port, method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.rawHeaders);
      const { cutAnswerAfter } = mischief;
      if (cutAnswerAfter === undefined) return void answer.pipe(response);
      void buffer(answer).then((bytes) => response.write(bytes.subarray(0, cutAnswerAfter), () => response.destroy()));
    });
    onward.on('error', () => response.destroy());
    onward.end(body);
  }
}
