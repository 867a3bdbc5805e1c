import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Listens where nobody may come, and counts who does: proof that a guard stops a request before its first packet. */
export class TrapListener {
  /** TCP connections so far. */
  connections = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor() {
    this.#server = createServer((socket) => {
      this.connections += 1;
      this.#sockets.add(socket);
      socket.on('error', () => undefined).once('close', () => this.#sockets.delete(socket));
      socket.end(
        'HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 7\r\nconnection: close\r\n\r\ntrapped',
      );
    });
  }

  /** @param host A local address, such as `127.0.0.1` or `::1`. `port` 0 is a free one. */
  static async listen(host = '127.0.0.1', port = 0): Promise<TrapListener> {
    const trap = new TrapListener();
    await new Promise<void>((resolve, reject) => {
      trap.#server.once('error', reject);
      trap.#server.listen(port, host, resolve);
    });
    return trap;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      for (const socket of this.#sockets) socket.destroy();
    });
  }
}
