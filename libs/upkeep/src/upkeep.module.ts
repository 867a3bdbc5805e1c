import { Module } from '@nestjs/common';
import { DeadLettersController } from './dead-letters.controller.ts';
import { DocsController } from './docs/docs.controller.ts';
import { EventHub } from './events/event-hub.ts';
import { EventsController } from './events/events.controller.ts';
import { QueuesController } from './queues.controller.ts';
import { SettingsController } from './settings/settings.controller.ts';
import { SettingsService } from './settings/settings.service.ts';
import { StatsController } from './stats/stats.controller.ts';
import { StatsService } from './stats/stats.service.ts';

/** The API's half: dead letters, queues, numbers, settings, the event stream and the API's own description. */
@Module({
  controllers: [
    DeadLettersController,
    QueuesController,
    StatsController,
    EventsController,
    SettingsController,
    DocsController,
  ],
  providers: [StatsService, EventHub, SettingsService],
})
export class UpkeepModule {}
