import { InfrastructureError } from '@vaultstream/contracts';
import { redactText } from '@vaultstream/runtime';
import pg from 'pg';
import type { OldDatabase, OldRow } from './old-database.ts';

/** Milliseconds to wait for the old server. */
const connectMs = 10_000;

/** Every value as Postgres writes it: times, JSON and numbers as text. What is wrong with them is for the reader to find. */
const asText = { getTypeParser: () => (value: string) => value };

/** The Postgres database of an old version, in one read-only snapshot. */
export class OldPostgres implements OldDatabase {
  private cursors = 0;

  private constructor(private readonly client: pg.Client) {}

  /** @throws InfrastructureError in one line when it cannot be reached. */
  static async open(url: string): Promise<OldPostgres> {
    const client = new pg.Client({
      connectionString: url,
      connectionTimeoutMillis: connectMs,
      application_name: 'vaultstream-import',
      // Times without a zone are UTC in the old version.
      options: '-c TimeZone=UTC -c DateStyle=ISO -c client_encoding=UTF8 -c idle_in_transaction_session_timeout=0',
      types: asText,
    });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    } catch (error) {
      await client.end().catch(() => undefined);
      throw unreadable(error);
    }
    return new OldPostgres(client);
  }

  async tables(): Promise<ReadonlySet<string>> {
    const rows = await this.ask<{ name: string }>(
      "SELECT c.relname AS name FROM pg_class c WHERE c.relkind IN ('r', 'p') AND pg_table_is_visible(c.oid) AND c.relnamespace <> 'pg_catalog'::regnamespace",
    );
    return new Set(rows.map(({ name }) => name));
  }

  async count(table: string): Promise<number> {
    const rows = await this.ask<{ n: string }>(`SELECT count(*) AS n FROM ${this.name(table)}`);
    return Number(rows[0]?.n ?? 0);
  }

  async *pages(table: string, size: number): AsyncIterable<OldRow[]> {
    const cursor = this.name(`import_${(this.cursors += 1)}`);
    await this.ask(`DECLARE ${cursor} NO SCROLL CURSOR FOR SELECT * FROM ${this.name(table)} ORDER BY id`);
    for (;;) {
      const rows = await this.ask<OldRow>(`FETCH ${size} FROM ${cursor}`);
      if (rows.length === 0) break;
      yield rows;
    }
    await this.ask(`CLOSE ${cursor}`);
  }

  async ofContents(table: string, contentIds: readonly string[]): Promise<OldRow[]> {
    const rows = await this.ask<OldRow>(`SELECT * FROM ${this.name(table)} WHERE content_id = ANY ($1) ORDER BY id`, [
      [...contentIds],
    ]);
    return rows;
  }

  async close(): Promise<void> {
    await this.client.end().catch(() => undefined);
  }

  private async ask<Row extends object>(sql: string, values: unknown[] = []): Promise<Row[]> {
    try {
      return (await this.client.query<Row>(sql, values)).rows;
    } catch (error) {
      throw unreadable(error);
    }
  }

  private name(name: string): string {
    return this.client.escapeIdentifier(name);
  }
}

function unreadable(error: unknown): InfrastructureError {
  const reason = error instanceof Error ? error.message || error.name : String(error);
  return new InfrastructureError(redactText(`the old database cannot be read: ${reason}`), { cause: error });
}
