import type { FastifyRequest } from 'fastify';

/** Whether a body follows the headers of a request. */
export function hasBody({ headers }: Pick<FastifyRequest, 'headers'>): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/**
 * Drops the body of a request that is answered without it. It is taken off the connection and thrown away, so that a client that is
 * still sending reads its answer and may go on with the connection; whoever sends more than `maxBytes` is hung up on.
 */
export function dropBody(request: FastifyRequest, maxBytes: number): void {
  if (!hasBody(request)) return;
  let left = maxBytes;
  request.raw.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) request.raw.destroy();
  });
}
