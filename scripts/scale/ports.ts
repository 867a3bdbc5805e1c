import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below the range from which Linux takes ports for outgoing connections: such a one could take the port of a process that restarts. */
const first = 20_000;
const last = 32_000;

const given = new Set<number>();

/** A port of 127.0.0.1 that is free, and likely to stay so while its process is down. */
export async function stablePort(): Promise<number> {
  for (;;) {
    const port = randomInt(first, last);
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return port;
  }
}

/** Whether a port of 127.0.0.1 can be listened on. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host: '127.0.0.1', port }, () => server.close(() => resolve(true)));
  });
}

/** @throws Error with one clear line when a port of 127.0.0.1 cannot be listened on. */
export async function assertFree(port: number): Promise<void> {
  if (await isFree(port)) return;
  throw new Error(
    `Port ${port} of 127.0.0.1 is taken by another process: end that one, or choose another with --port (0: any that is free).`,
  );
}
