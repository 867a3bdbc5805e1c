import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { EnvError, type Env } from '../env.ts';
import { errorCode } from '../is-error.ts';

/** What goes wrong when an address cannot be listened on, by Node's error code. */
const explanations: Record<string, string> = {
  EADDRINUSE: 'is taken by another process',
  EACCES: 'may not be used by this user',
  EADDRNOTAVAIL: 'is not an address of this machine',
  ENOTFOUND: 'is not known',
};

/**
 * Starts listening on API_HOST and API_PORT.
 * @returns The base URL, such as `http://127.0.0.1:8000`.
 * @throws EnvError with one clear line when the address cannot be used.
 */
export async function listenHttp(app: NestFastifyApplication, env: Env): Promise<string> {
  const { host, port } = env.api;
  try {
    await app.listen({ host, port });
  } catch (error) {
    const explanation = explanations[errorCode(error) ?? ''];
    if (!explanation) throw error;
    throw new EnvError(`API_HOST, API_PORT: ${host}:${port} ${explanation}`, { cause: error });
  }
  return app.getUrl();
}
