import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Metrics } from '@vaultstream/runtime';
import { PlatformViews } from './platform-views.ts';

/** What a circuit's state is as a number. */
const openness = { closed: 0, half_open: 0.5, open: 1 } as const;

/** Says at each scrape how the platforms are. One that nobody has asked lately is neither up nor down. */
@Injectable()
export class PlatformMetrics implements OnModuleInit {
  constructor(
    private readonly views: PlatformViews,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    const up = this.metrics.gauge('vaultstream_platform_up');
    const circuit = this.metrics.gauge('vaultstream_platform_circuit');
    this.metrics.onCollect('platform health', async () => {
      const views = await this.views.list();
      up.reset();
      circuit.reset();
      for (const { id: platform, health } of views) {
        if (health.state !== 'unknown') up.set({ platform }, health.state === 'ok' ? 1 : 0);
        if (health.circuit) circuit.set({ platform }, openness[health.circuit.state]);
      }
    });
  }
}
