import { Controller, Get } from '@nestjs/common';
import { statsSchema, type Stats } from '@vaultstream/contracts';
import { Answers, Scopes } from '@vaultstream/runtime';
import { StatsService } from './stats.service.ts';

/** The vault in numbers. */
@Controller('stats')
export class StatsController {
  constructor(private readonly stats: StatsService) {}

  @Get()
  @Scopes('read')
  @Answers('Contents, queues, rates, pushes and storage in numbers, a few seconds old at most.', { 200: statsSchema })
  get(): Promise<Stats> {
    return this.stats.get();
  }
}
