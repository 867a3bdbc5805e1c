import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Env } from '../env.ts';
import { explainListening } from './explain-listening.ts';

/**
 * Starts listening on API_HOST and API_PORT.
 * @returns The base URL, such as `http://127.0.0.1:8000`.
 * @throws EnvError with one clear line when the address cannot be used.
 */
export async function listenHttp(app: NestFastifyApplication, env: Env): Promise<string> {
  const { host, port } = env.api;
  try {
    await app.init();
    // Not Nest's own `listen`, which logs what it throws: the one clear line of a start that fails comes last and alone.
    return await app.getHttpAdapter().getInstance().listen({ host, port });
  } catch (error) {
    throw explainListening(error, `API_HOST, API_PORT: ${host}:${port}`);
  }
}
