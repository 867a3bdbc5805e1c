import { Module } from '@nestjs/common';
import { FeedIntake } from './feeds/feed-intake.ts';
import { FeedPollHandler } from './feeds/feed-poll.handler.ts';
import { CaptureHandlers } from './parse/capture-handlers.ts';
import { HostSlots } from './parse/host-slots.ts';
import { ParseHandler } from './parse/parse.handler.ts';
import { ReaderModule } from './parse/reader.module.ts';
import { CanaryHandler } from './platform-health/canary.handler.ts';
import { CanaryService } from './platform-health/canary.service.ts';
import { RuleForecasts } from './shares/rule-forecasts.ts';
import { ShareService } from './shares/share.service.ts';

/** The worker's half: the handlers of queue `parse`. Needs StoreModule and RuntimeModule, which are global. */
@Module({
  imports: [ReaderModule],
  providers: [
    HostSlots,
    ParseHandler,
    ShareService,
    RuleForecasts,
    FeedIntake,
    FeedPollHandler,
    CanaryService,
    CanaryHandler,
    CaptureHandlers,
  ],
  exports: [CaptureHandlers],
})
export class CaptureWorkerModule {}
