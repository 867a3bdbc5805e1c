import { Module } from '@nestjs/common';
import { FeedMetrics } from './feeds/feed-metrics.ts';
import { PlatformMetrics } from './platform-health/platform-metrics.ts';
import { PlatformViews } from './platform-health/platform-views.ts';
import { PlatformWatchModule } from './platform-health/platform-watch.module.ts';

/** What the elected process tells of platforms and feeds. Needs RuntimeModule and StoreModule, which are global. */
@Module({ imports: [PlatformWatchModule], providers: [PlatformViews, PlatformMetrics, FeedMetrics] })
export class CaptureGaugesModule {}
