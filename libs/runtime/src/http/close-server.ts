import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/**
 * Knows the connections that have not asked anything yet, such as those that browsers open in advance: Node takes them for busy
 * ones. Call it before the server listens. @returns What ends them.
 */
export function watchSilentConnections({ server }: FastifyInstance): () => void {
  const silent = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    silent.add(socket);
    socket.once('close', () => silent.delete(socket));
  });
  server.on('request', ({ socket }) => silent.delete(socket));
  return () => silent.forEach((socket) => socket.destroy());
}

/**
 * Closes the server: no new connections, idle ones end at once, running requests may end within `closeMs`, then their
 * connections are cut. What comes in on a connection that is still open is answered 503 (the flag tells the request hook).
 * @param endSilent See `watchSilentConnections`.
 */
export async function closeServer(
  server: FastifyInstance,
  closing: { now: boolean },
  closeMs: number,
  endSilent: () => void,
): Promise<void> {
  closing.now = true;
  const idle = setInterval(() => {
    server.server.closeIdleConnections();
    endSilent();
  }, 100);
  const cut = setTimeout(() => server.server.closeAllConnections(), closeMs);
  try {
    await server.close();
  } finally {
    clearInterval(idle);
    clearTimeout(cut);
  }
}
