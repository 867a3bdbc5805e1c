import { Module } from '@nestjs/common';
import { ContentService } from './contents/content.service.ts';
import { ContentsController } from './contents/contents.controller.ts';
import { RetryController } from './contents/retry.controller.ts';
import { RetryService } from './contents/retry.service.ts';
import { TagsController } from './contents/tags.controller.ts';
import { PlatformsController } from './platforms/platforms.controller.ts';
import { BatchService } from './shares/batch.service.ts';
import { ShareService } from './shares/share.service.ts';
import { SharesController } from './shares/shares.controller.ts';
import { TokensController } from './tokens/tokens.controller.ts';

/** The API's half: shares, contents, tags, tokens, platforms. Needs StoreModule, BlobsModule and RuntimeModule, which are global. */
@Module({
  controllers: [
    SharesController,
    ContentsController,
    RetryController,
    TagsController,
    TokensController,
    PlatformsController,
  ],
  providers: [ShareService, BatchService, ContentService, RetryService],
})
export class CaptureModule {}
