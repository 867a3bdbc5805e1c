import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Cached, Metrics } from '@vaultstream/runtime';
import { Feeds } from '@vaultstream/store';

/** Milliseconds for which one count serves all who ask. */
const maxAgeMs = 5_000;

/** Says at each scrape of the elected process how the feeds are. */
@Injectable()
export class FeedMetrics implements OnModuleInit {
  constructor(
    private readonly feeds: Feeds,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    const counts = new Cached(() => this.feeds.counts(), maxAgeMs);
    this.metrics.onCollectElected('feeds', async () =>
      Object.entries(await counts.get()).map(([state, value]) => ({
        name: 'vaultstream_feeds',
        labels: { state },
        value,
      })),
    );
  }
}
