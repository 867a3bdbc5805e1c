import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Admission, Env, LOGGER, lookOnly, Shutdown, type Logger } from '@vaultstream/runtime';
import type { FastifyInstance } from 'fastify';
import { boardPath, boardPolicy } from './board-policy.ts';

/**
 * Bull Board at `/queues-board`, where QUEUE_BOARD=true and QUEUE_TYPE=bullmq: for admins, and only to look at. Needs RuntimeModule. A
 * plain import of a process that serves HTTP; it costs nothing where it is off, and no connection before somebody looks.
 */
@Module({})
export class QueueBoardModule implements OnModuleInit {
  constructor(
    private readonly http: HttpAdapterHost,
    private readonly admission: Admission,
    private readonly env: Env,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly shutdown: Shutdown,
  ) {}

  async onModuleInit(): Promise<void> {
    const { queue, queueBoard } = this.env;
    if (!queueBoard) return;
    if (queue.type !== 'bullmq' || queue.redisUrl === undefined) {
      this.logger.warn({ name: 'board.off' }, 'QUEUE_BOARD shows what lies in Redis, and QUEUE_TYPE is not bullmq');
      return;
    }
    const { makeBullBoard } = await import('./bull-board.ts');
    const board = await makeBullBoard(queue.redisUrl, this.logger);
    this.shutdown.register('store', 'queue board', () => board.close());
    const door = { admission: this.admission, scope: 'admin', realm: 'VaultStream', policy: boardPolicy } as const;
    const server = this.http.httpAdapter.getInstance<FastifyInstance>();
    // Loaded with the rest when the server gets ready, which tells what goes wrong.
    void server.register(lookOnly(door, board.plugin), { prefix: boardPath });
  }
}
