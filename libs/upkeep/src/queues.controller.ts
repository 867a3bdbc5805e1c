import { Controller, Get } from '@nestjs/common';
import { pageOf, queueSchema, type QueueView } from '@vaultstream/contracts';
import { Answers, Scopes } from '@vaultstream/runtime';
import { StatsService } from './stats/stats.service.ts';

/** How the queues are. */
@Controller('queues')
export class QueuesController {
  constructor(private readonly stats: StatsService) {}

  @Get()
  @Scopes('read')
  @Answers('How full each queue is, and how fast it goes.', { 200: pageOf(queueSchema) })
  async list(): Promise<{ items: QueueView[]; next_cursor: null }> {
    return { items: await this.stats.queues(), next_cursor: null };
  }
}
