import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Metrics } from '@vaultstream/runtime';
import { Deliveries } from '@vaultstream/store';

/** Counts what waits to be pushed, per target, at each scrape. */
@Injectable()
export class PushBacklog implements OnModuleInit {
  constructor(
    private readonly deliveries: Deliveries,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    const gauge = this.metrics.gauge('vaultstream_push_backlog');
    this.metrics.onCollect('push backlog', async () => {
      const backlog = await this.deliveries.backlog();
      gauge.reset();
      for (const { key, waiting } of backlog) gauge.set({ target: key }, waiting);
    });
  }
}
