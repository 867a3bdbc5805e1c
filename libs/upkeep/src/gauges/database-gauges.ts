import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Cached, Metrics, type Reading } from '@vaultstream/runtime';
import { DatabaseReads } from '@vaultstream/store';

/** Milliseconds for which sizes serve all who scrape: counting them looks at every file of the database. */
const sizesMaxAgeMs = 60_000;

/** What the elected process tells of Postgres at each scrape. */
@Injectable()
export class DatabaseGauges implements OnModuleInit {
  constructor(
    private readonly database: DatabaseReads,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    this.metrics.onCollectElected('database connections', async () => [
      ...Object.entries(await this.database.connections()).map(
        ([state, value]) => ({ name: 'vaultstream_db_connections', labels: { state }, value }) as const,
      ),
      { name: 'vaultstream_db_max_connections', value: await this.database.maxConnections() },
    ]);
    const sizes = new Cached(() => this.sizes(), sizesMaxAgeMs);
    this.metrics.onCollectElected('database sizes', () => sizes.get());
  }

  private async sizes(): Promise<Reading[]> {
    const tables = await this.database.tables();
    return [
      { name: 'vaultstream_db_size_bytes', value: await this.database.sizeBytes() },
      ...tables.flatMap(({ table, bytes, rows }): Reading[] => [
        { name: 'vaultstream_db_table_bytes', labels: { table }, value: bytes },
        { name: 'vaultstream_db_table_rows', labels: { table }, value: rows },
      ]),
    ];
  }
}
