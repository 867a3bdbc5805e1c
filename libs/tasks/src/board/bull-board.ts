import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { isVaultError } from '@vaultstream/contracts';
import type { Logger } from '@vaultstream/runtime';
import type { FastifyPluginCallback } from 'fastify';
import { redisTrouble } from '../redis/redis-trouble.ts';
import { boardPath } from './board-policy.ts';
import { ShownQueues } from './shown-queues.ts';

/** Bull Board as a Fastify plugin, to be registered below `boardPath` and behind a door: it has none of its own. */
export interface Board {
  plugin: FastifyPluginCallback;
  close(): void;
}

/** @param url As in REDIS_URL. */
export async function makeBullBoard(url: string, logger: Logger): Promise<Board> {
  // Loaded here, so that a process which shows no board never pays for it.
  const [{ createBullBoard }, { FastifyAdapter }] = await Promise.all([
    import('@bull-board/api'),
    import('@bull-board/fastify'),
  ]);
  const serverAdapter = new FastifyAdapter().setBasePath(boardPath);
  const uiBasePath = dirname(createRequire(import.meta.url).resolve('@bull-board/ui/package.json'));
  const board = createBullBoard({
    queues: [],
    serverAdapter,
    options: { uiBasePath, uiConfig: { boardTitle: 'VaultStream queues', hideRedisDetails: true } },
  });
  // Its own tells whoever asks what an error says.
  serverAdapter.setErrorHandler((error) => {
    const { message } = isVaultError(error) ? error : redisTrouble(error);
    logger.warn({ name: 'board', err: error }, 'the board cannot show the queues');
    // The list of its types has no 503, and passes it on all the same.
    return { status: 503 as 500, body: { error: { key: 'ERRORS.INTERNAL_SERVER_ERROR' }, message } };
  });
  const queues = new ShownQueues(url, logger, (shown) => board.setQueues([...shown]));
  const plugin: FastifyPluginCallback = (server, _, done) => {
    server.addHook('preHandler', async ({ url: path }) => {
      if (path.startsWith(`${boardPath}/api/`)) await queues.ready();
    });
    server.register(serverAdapter.registerPlugin());
    done();
  };
  return { plugin, close: () => queues.close() };
}
