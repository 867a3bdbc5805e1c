import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Metrics, type Reading } from '@vaultstream/runtime';
import { PlatformViews } from './platform-views.ts';

/** What a circuit's state is as a number. */
const openness = { closed: 0, half_open: 0.5, open: 1 } as const;

/** Says at each scrape of the elected process how the platforms are. One that nobody has asked lately is neither up nor down. */
@Injectable()
export class PlatformMetrics implements OnModuleInit {
  constructor(
    private readonly views: PlatformViews,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    this.metrics.onCollectElected('platform health', async () => {
      const readings: Reading[] = [];
      for (const { id: platform, health } of await this.views.list()) {
        if (health.state !== 'unknown')
          readings.push({
            name: 'vaultstream_platform_up',
            labels: { platform },
            value: health.state === 'ok' ? 1 : 0,
          });
        if (health.circuit)
          readings.push({
            name: 'vaultstream_platform_circuit',
            labels: { platform },
            value: openness[health.circuit.state],
          });
      }
      return readings;
    });
  }
}
