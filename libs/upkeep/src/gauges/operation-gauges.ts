import { Injectable, type OnModuleInit } from '@nestjs/common';
import { queueNames } from '@vaultstream/contracts';
import { Cached, Metrics, type Reading } from '@vaultstream/runtime';
import { Blobs, DeadLetters, OperationReads, StatsReads } from '@vaultstream/store';

/** Milliseconds for which one count serves all who scrape. */
const maxAgeMs = 5_000;

/** What the elected process tells of contents, stored bytes, dead letters, schedules, tokens and the ledger at each scrape. */
@Injectable()
export class OperationGauges implements OnModuleInit {
  constructor(
    private readonly stats: StatsReads,
    private readonly operations: OperationReads,
    private readonly blobs: Blobs,
    private readonly letters: DeadLetters,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    const { operations } = this;
    this.read('contents', async () => [
      ...(await this.stats.contents()).map(
        ({ platform, status, count }) =>
          ({ name: 'vaultstream_contents', labels: { platform, status }, value: count }) as const,
      ),
      ...(await operations.contentsLastDay()).map(
        ({ platform, count }) =>
          ({ name: 'vaultstream_contents_last_day', labels: { platform }, value: count }) as const,
      ),
    ]);
    this.read('blobs', async () => {
      const { count, bytes, condemned, damaged } = await this.blobs.totals();
      return [
        { name: 'vaultstream_blobs', value: count },
        { name: 'vaultstream_blob_bytes', value: bytes },
        { name: 'vaultstream_orphans', value: condemned },
        { name: 'vaultstream_damaged_blobs', value: damaged },
      ];
    });
    this.read('dead letters', async () => {
      const found = new Map((await this.letters.kinds()).map(({ queue, kinds }) => [queue, kinds]));
      return queueNames.map((queue) => ({
        name: 'vaultstream_dead_letter_kinds',
        labels: { queue },
        value: found.get(queue) ?? 0,
      }));
    });
    this.read('schedules', async () =>
      (await operations.schedules()).flatMap(({ name: schedule, lastRunAt, overdue }): Reading[] => [
        { name: 'vaultstream_schedule_last_run_timestamp_seconds', labels: { schedule }, value: lastRunAt },
        { name: 'vaultstream_schedule_overdue_seconds', labels: { schedule }, value: overdue },
      ]),
    );
    this.read('last backup and scrub', async () => [
      {
        name: 'vaultstream_scrub_last_success_timestamp_seconds',
        value: await operations.lastEventAt('scrub.finished'),
      },
      {
        name: 'vaultstream_backup_last_success_timestamp_seconds',
        value: await operations.lastEventAt('backup.finished'),
      },
    ]);
    this.read('tokens', async () =>
      Object.entries(await operations.activeTokens()).map(([window, value]) => ({
        name: 'vaultstream_active_tokens',
        labels: { window },
        value,
      })),
    );
    this.read('ledger', async () => [
      ...(await operations.openDeliveries()).map(
        ({ state, count }) => ({ name: 'vaultstream_open_deliveries', labels: { state }, value: count }) as const,
      ),
      ...(await operations.targets()).map(
        ({ kind, state, count }) => ({ name: 'vaultstream_targets', labels: { kind, state }, value: count }) as const,
      ),
    ]);
  }

  private read(name: string, load: () => Promise<Reading[]>): void {
    const readings = new Cached(load, maxAgeMs);
    this.metrics.onCollectElected(name, () => readings.get());
  }
}
