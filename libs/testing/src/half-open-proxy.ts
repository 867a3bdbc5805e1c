import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Stands between a client and a server of 127.0.0.1, and can go deaf and dumb without closing anything. */
export class HalfOpenProxy {
  private readonly pairs = new Set<readonly [Socket, Socket]>();

  private constructor(private readonly server: Server) {}

  /** @param port Where the server listens. */
  static async start(port: number): Promise<HalfOpenProxy> {
    const server = createServer();
    const proxy = new HalfOpenProxy(server);
    server.on('connection', (client: Socket) => {
      const upstream = connect(port, '127.0.0.1');
      const pair = [client, upstream] as const;
      proxy.pairs.add(pair);
      client.pipe(upstream);
      upstream.pipe(client);
      for (const socket of pair) {
        socket.on('error', () => undefined);
        socket.on('close', () => {
          proxy.pairs.delete(pair);
          for (const other of pair) other.destroy();
        });
      }
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** From now on the connections that there are carry nothing, either way; new ones do. */
  freeze(): void {
    for (const [client, upstream] of this.pairs) {
      client.unpipe(upstream);
      upstream.unpipe(client);
      client.pause();
      upstream.pause();
    }
  }

  async close(): Promise<void> {
    for (const pair of this.pairs) for (const socket of pair) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }
}
