import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Cached, Metrics, type Reading } from '@vaultstream/runtime';
import { Deliveries } from '@vaultstream/store';

/** Milliseconds for which one count serves all who scrape. */
const maxAgeMs = 5_000;

/** Counts what waits to be pushed and what was pushed lately, by target, at each scrape of the elected process. */
@Injectable()
export class PushBacklog implements OnModuleInit {
  constructor(
    private readonly deliveries: Deliveries,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    const lastDay = new Cached(() => this.deliveries.lastDay(), maxAgeMs);
    this.metrics.onCollectElected('push backlog', async () =>
      (await this.deliveries.backlog()).flatMap(({ target, waiting, oldestSeconds }): Reading[] => [
        { name: 'vaultstream_push_backlog', labels: { target }, value: waiting },
        { name: 'vaultstream_push_oldest_seconds', labels: { target }, value: oldestSeconds },
      ]),
    );
    this.metrics.onCollectElected('pushes of the last day', async () =>
      (await lastDay.get()).map(({ target, state, count }) => ({
        name: 'vaultstream_target_deliveries_last_day',
        labels: { target, state },
        value: count,
      })),
    );
  }
}
