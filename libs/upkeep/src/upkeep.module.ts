import { Module, type DynamicModule } from '@nestjs/common';
import { DeadLettersController } from './dead-letters/dead-letters.controller.ts';
import { DryRunController } from './dead-letters/dry-run.controller.ts';
import { DryRunService, REHEARSALS, type RehearsalGroupClass } from './dead-letters/dry-run.service.ts';
import { DocsController } from './docs/docs.controller.ts';
import { EventHub } from './events/event-hub.ts';
import { EventsController } from './events/events.controller.ts';
import { ReplaysController } from './dead-letters/replays.controller.ts';
import { QueuesController } from './queues.controller.ts';
import { SettingsController } from './settings/settings.controller.ts';
import { SettingsService } from './settings/settings.service.ts';
import { StatsController } from './stats/stats.controller.ts';
import { StatsService } from './stats/stats.service.ts';

/** What an app adds to the API's half. */
export interface UpkeepOptions {
  /** Modules that provide the rehearsals. */
  imports: NonNullable<DynamicModule['imports']>;
  /** The verbs' rehearsals: without them a dry run says what the rows say. */
  rehearsals: readonly RehearsalGroupClass[];
}

/** The API's half: dead letters, queues, numbers, settings, the event stream and the API's own description. */
@Module({
  controllers: [
    DeadLettersController,
    ReplaysController,
    DryRunController,
    QueuesController,
    StatsController,
    EventsController,
    SettingsController,
    DocsController,
  ],
  providers: [DryRunService, StatsService, EventHub, SettingsService],
})
export class UpkeepModule {
  static forRoot({ imports, rehearsals }: UpkeepOptions): DynamicModule {
    return { module: UpkeepModule, imports, providers: [{ provide: REHEARSALS, useValue: rehearsals }] };
  }
}
