import { Module } from '@nestjs/common';
import { ContentService } from './contents/content.service.ts';
import { ContentsController } from './contents/contents.controller.ts';
import { ReparseController } from './contents/reparse.controller.ts';
import { RetryController } from './contents/retry.controller.ts';
import { RetryService } from './contents/retry.service.ts';
import { TagsController } from './contents/tags.controller.ts';
import { FeedFinder } from './feeds/feed-finder.ts';
import { FeedService } from './feeds/feed.service.ts';
import { FeedsController } from './feeds/feeds.controller.ts';
import { ReaderModule } from './parse/reader.module.ts';
import { CanaryService } from './platform-health/canary.service.ts';
import { PlatformViews } from './platform-health/platform-views.ts';
import { PlatformsController } from './platforms/platforms.controller.ts';
import { BatchService } from './shares/batch.service.ts';
import { RuleForecasts } from './shares/rule-forecasts.ts';
import { ShareService } from './shares/share.service.ts';
import { SharesController } from './shares/shares.controller.ts';
import { TokensController } from './tokens/tokens.controller.ts';

/** The API's half: shares, contents, feeds, tags, tokens, platforms. Needs StoreModule, BlobsModule and RuntimeModule, which are global. */
@Module({
  imports: [ReaderModule],
  controllers: [
    SharesController,
    ContentsController,
    RetryController,
    ReparseController,
    FeedsController,
    TagsController,
    TokensController,
    PlatformsController,
  ],
  providers: [
    ShareService,
    BatchService,
    RuleForecasts,
    ContentService,
    RetryService,
    FeedFinder,
    FeedService,
    CanaryService,
    PlatformViews,
  ],
})
export class CaptureModule {}
