import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Cached, Metrics } from '@vaultstream/runtime';
import { Feeds } from '@vaultstream/store';

/** Milliseconds for which one count serves all who ask. */
const maxAgeMs = 5_000;

/** Says at each scrape how the feeds are. */
@Injectable()
export class FeedMetrics implements OnModuleInit {
  constructor(
    private readonly feeds: Feeds,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    const gauge = this.metrics.gauge('vaultstream_feeds');
    const counts = new Cached(() => this.feeds.counts(), maxAgeMs);
    this.metrics.onCollect('feeds', async () => {
      for (const [state, count] of Object.entries(await counts.get())) gauge.set({ state }, count);
    });
  }
}
