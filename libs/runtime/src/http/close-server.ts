import type { FastifyInstance } from 'fastify';

/**
 * Closes the server: no new connections, idle ones end at once, running requests may end within `closeMs`, then their
 * connections are cut. What comes in on a connection that is still open is answered 503 (the flag tells the request hook).
 */
export async function closeServer(server: FastifyInstance, closing: { now: boolean }, closeMs: number): Promise<void> {
  closing.now = true;
  const idle = setInterval(() => server.server.closeIdleConnections(), 100);
  const cut = setTimeout(() => server.server.closeAllConnections(), closeMs);
  try {
    await server.close();
  } finally {
    clearInterval(idle);
    clearTimeout(cut);
  }
}
