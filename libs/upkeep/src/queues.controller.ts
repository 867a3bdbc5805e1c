import { Controller, Get, Inject } from '@nestjs/common';
import { TaskStore, type QueueView } from '@vaultstream/contracts';
import { Scopes } from '@vaultstream/runtime';

/** How the queues are. */
@Controller('queues')
export class QueuesController {
  constructor(@Inject(TaskStore) private readonly tasks: TaskStore) {}

  @Get()
  @Scopes('read')
  async list(): Promise<{ items: QueueView[]; next_cursor: null }> {
    const queues = await this.tasks.stats();
    const items = queues.map(({ queue, waiting, active, delayed, failed, oldestSeconds }) => ({
      queue,
      waiting,
      active,
      delayed,
      failed,
      oldest_age: oldestSeconds,
      // No process sees the whole rate: dashboards take it from vaultstream_tasks_total.
      rate: null,
    }));
    return { items, next_cursor: null };
  }
}
