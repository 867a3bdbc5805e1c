/** A value as the old database holds it. Nothing about it is certain. */
export type OldValue = string | number | bigint | boolean | null | Uint8Array;

/** A row by column names. A column that this old version does not have is missing. */
export type OldRow = Readonly<Record<string, OldValue | undefined>>;

/** The database of an old version, read only and in one state from first to last. */
export interface OldDatabase {
  /** Names of its tables. */
  tables(): Promise<ReadonlySet<string>>;
  /** Rows of a table that it has. */
  count(table: string): Promise<number>;
  /** All rows of a table that it has, by id, some at a time. */
  pages(table: string, size: number): AsyncIterable<OldRow[]>;
  /** The rows of a table that it has whose `content_id` is one of these, by id. */
  ofContents(table: string, contentIds: readonly string[]): Promise<OldRow[]>;
  close(): Promise<void>;
}
