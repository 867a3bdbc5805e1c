import { stat } from 'node:fs/promises';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { InfrastructureError } from '@vaultstream/contracts';
import type { OldDatabase, OldRow } from '@vaultstream/store';

/** Our name for the row's number, which every table of the old version has. */
const rowid = '__rowid';

/** The SQLite file of the lite version, read only. */
export class OldSqlite implements OldDatabase {
  private constructor(private readonly db: DatabaseSync) {}

  /** @throws InfrastructureError in one line when it is no database that can be read. */
  static async open(file: string): Promise<OldSqlite> {
    const url = pathToFileURL(file);
    // Without a log beside it nothing is missing from the file, and SQLite need not make files of its own there.
    const log = await stat(`${file}-wal`).catch(() => null);
    if (log === null || log.size === 0) url.searchParams.set('immutable', '1');
    try {
      const db = new DatabaseSync(url, { readOnly: true, allowExtension: false });
      // One state from first to last, even while the old version is running.
      db.exec('BEGIN');
      db.prepare('SELECT count(*) FROM sqlite_master').get();
      return new OldSqlite(db);
    } catch (error) {
      throw unreadable(file, error);
    }
  }

  async tables(): Promise<ReadonlySet<string>> {
    return new Set(this.all("SELECT name FROM sqlite_master WHERE type = 'table'").map((row) => String(row['name'])));
  }

  async count(table: string): Promise<number> {
    return Number(this.all(`SELECT count(*) AS n FROM ${quoted(table)}`)[0]?.['n'] ?? 0);
  }

  async *pages(table: string, size: number): AsyncIterable<OldRow[]> {
    let after: SQLInputValue = -(2n ** 63n);
    let operator = '>=';
    for (;;) {
      const rows: OldRow[] = this.all(
        `SELECT rowid AS ${rowid}, * FROM ${quoted(table)} WHERE rowid ${operator} ? ORDER BY rowid LIMIT ${size}`,
        after,
      );
      if (rows.length > 0) yield rows;
      const last = rows.at(-1)?.[rowid];
      if (typeof last !== 'bigint' || rows.length < size) return;
      after = last;
      operator = '>';
    }
  }

  async ofContents(table: string, contentIds: readonly string[]): Promise<OldRow[]> {
    const marks = contentIds.map(() => '?').join(',');
    return this.all(
      `SELECT * FROM ${quoted(table)} WHERE content_id IN (${marks}) ORDER BY rowid`,
      ...contentIds.map((id) => (/^-?\d{1,19}$/.test(id) ? BigInt(id) : id)),
    );
  }

  async close(): Promise<void> {
    this.db.close();
  }

  private all(sql: string, ...values: SQLInputValue[]): OldRow[] {
    try {
      const statement = this.db.prepare(sql);
      // A number beyond 2^53 is an error otherwise.
      statement.setReadBigInts(true);
      return statement.all(...values);
    } catch (error) {
      throw unreadable('its table', error);
    }
  }
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

function unreadable(what: string, error: unknown): InfrastructureError {
  const reason = error instanceof Error ? error.message : String(error);
  return new InfrastructureError(`the old SQLite database cannot be read (${what}): ${reason}`, { cause: error });
}
