import type { Database } from '../database/database.ts';

/** Connections of the server by what they do. */
export type ConnectionState = 'active' | 'idle' | 'idle_in_transaction' | 'other';

/** A table on disk, its partitions added up. The tables of another schema (the broker's) are one line: `bullmq.*`. */
export interface TableSize {
  table: string;
  /** With indexes and long values. */
  bytes: number;
  /** As Postgres estimates them; 0 before it has looked for the first time. */
  rows: number;
}

/** What Postgres says of itself. */
export class DatabaseReads {
  constructor(private readonly db: Database) {}

  /** Connections of all clients of the server, whatever their database: they share its limit. */
  async connections(): Promise<Record<ConnectionState, number>> {
    const rows = await this.db.reading(
      (client) => client.$queryRaw<{ state: ConnectionState; count: number }[]>`
        SELECT CASE WHEN state IN ('active', 'idle') THEN state WHEN state LIKE 'idle in transaction%' THEN 'idle_in_transaction'
                    ELSE 'other' END AS state, count(*)::int AS count
        FROM pg_stat_activity WHERE backend_type = 'client backend' GROUP BY 1`,
    );
    const counts = Object.fromEntries(rows.map(({ state, count }) => [state, count]));
    return { active: 0, idle: 0, idle_in_transaction: 0, other: 0, ...counts };
  }

  /** Connections that clients other than the server's superuser may have. */
  async maxConnections(): Promise<number> {
    const [row] = await this.db.reading(
      (client) => client.$queryRaw<{ max: number }[]>`
        SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
          - coalesce(current_setting('reserved_connections', true)::int, 0) AS max`,
    );
    return row?.max ?? 0;
  }

  /** Bytes of the whole database on disk. */
  async sizeBytes(): Promise<number> {
    const [row] = await this.db.reading(
      (client) => client.$queryRaw<{ bytes: number }[]>`
        SELECT pg_database_size(current_database())::float8 AS bytes`,
    );
    return row?.bytes ?? 0;
  }

  /** Looks at every file of the database: ask it once a minute at most. */
  async tables(): Promise<TableSize[]> {
    return this.db.reading(
      (client) => client.$queryRaw<TableSize[]>`
        SELECT CASE WHEN n.nspname = current_schema() THEN r.relname ELSE n.nspname || '.*' END AS table,
          sum(pg_total_relation_size(c.oid))::float8 AS bytes, sum(greatest(c.reltuples, 0))::float8 AS rows
        FROM pg_class c
          JOIN pg_class r ON r.oid = coalesce(pg_partition_root(c.oid), c.oid)
          JOIN pg_namespace n ON n.oid = r.relnamespace
        WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%'
        GROUP BY 1 ORDER BY 1`,
    );
  }
}
