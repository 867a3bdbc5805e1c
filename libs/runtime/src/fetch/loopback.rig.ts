import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer, type Socket } from 'node:net';
import type { NameResolver } from './resolve.ts';

/** For specs: real servers on loopback, closed together by `closeAll`. */
const open: { close(): Promise<void> }[] = [];

export interface Site {
  port: number;
  /** `http://127.0.0.1:<port>` */
  base: URL;
  /** TCP connections accepted so far. */
  connections: number;
}

export async function closeAll(): Promise<void> {
  await Promise.all(open.splice(0).map((item) => item.close()));
}

async function listen(server: Server | TcpServer, host: string, port: number): Promise<Site> {
  const sockets = new Set<Socket>();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(port, host, resolve);
  await promise;
  const { port: bound } = server.address() as AddressInfo;
  const site: Site = { port: bound, base: new URL(`http://${host}:${bound}`), connections: 0 };
  server.on('connection', (socket: Socket) => {
    site.connections += 1;
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  open.push({
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((done) => server.close(() => done()));
    },
  });
  return site;
}

/** An HTTP server. */
export function serve(listener: RequestListener): Promise<Site> {
  return listen(createServer(listener), '127.0.0.1', 0);
}

/** A TCP server that talks as it likes. `talk` runs once the first bytes of a request are there. */
export function serveRaw(talk: (socket: Socket) => void): Promise<Site> {
  return listen(
    createTcpServer((socket) => socket.once('data', () => talk(socket))),
    '127.0.0.1',
    0,
  );
}

/** A listener that nobody may reach: look at `connections`. */
export function trap(host = '127.0.0.1', port = 0): Promise<Site> {
  return listen(
    createTcpServer((socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nsecret')),
    host,
    port,
  );
}

/** A resolver with the given answers, which counts the questions for A. */
export class Answers implements NameResolver {
  questions = 0;
  readonly #table: (name: string, question: number) => { a?: string[]; aaaa?: string[] };

  constructor(table: (name: string, question: number) => { a?: string[]; aaaa?: string[] }) {
    this.#table = table;
  }

  async resolve4(name: string): Promise<string[]> {
    this.questions += 1;
    return some(this.#table(name, this.questions).a);
  }

  async resolve6(name: string): Promise<string[]> {
    return some(this.#table(name, this.questions).aaaa);
  }
}

function some(addresses: string[] | undefined): string[] {
  if (addresses) return addresses;
  throw Object.assign(new Error('no such record'), { code: 'ENODATA' });
}
