import { Controller, Get, Inject } from '@nestjs/common';
import { pageOf, queueSchema, TaskStore, type QueueView } from '@vaultstream/contracts';
import { Answers, Scopes } from '@vaultstream/runtime';
import { toQueueView } from './queue-view.ts';

/** How the queues are. */
@Controller('queues')
export class QueuesController {
  constructor(@Inject(TaskStore) private readonly tasks: TaskStore) {}

  @Get()
  @Scopes('read')
  @Answers('How full each queue is.', { 200: pageOf(queueSchema) })
  async list(): Promise<{ items: QueueView[]; next_cursor: null }> {
    const items = (await this.tasks.stats()).map(toQueueView);
    return { items, next_cursor: null };
  }
}
