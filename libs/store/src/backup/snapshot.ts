import { Transform, type Readable } from 'node:stream';
import type { Client } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { connectForDeploy } from '../migrate/connect.ts';
import { copyPlan, quote, sequencePlan, type TablePlan } from './copy-plan.ts';

/** Where a sequence stands: the last number that it has given out; null when it has given none. */
export interface SequenceState {
  sequence: string;
  /** As text: it may have 63 bits. */
  last: string | null;
}

/** A stored file that rows of the snapshot speak of. */
export interface SnapshotBlob {
  sha256: string;
  key: string;
  mime: string;
  /** Bytes. */
  size: number;
  state: string;
  /** Some media shows it. */
  referenced: boolean;
}

/** What the database said of itself. */
export interface SnapshotFacts {
  /** Such as `18.4`. */
  postgres: string;
  /** Names of the migrations that have run, in order. */
  migrations: string[];
  sequences: SequenceState[];
  /** The months of the event log, such as `2026-11`, oldest first: a restore makes their partitions first. */
  eventMonths: string[];
}

const blobColumns = `sha256, key, mime, size::float8 AS size, state,
  EXISTS (SELECT 1 FROM media m WHERE m.blob_sha256 = b.sha256) AS referenced`;

/** All rows of a database as one moment saw them, however long it takes to read them. */
export class Snapshot {
  private constructor(
    private readonly client: Client,
    readonly tables: readonly TablePlan[],
  ) {}

  /** @throws InfrastructureError when the database is away; Conflict for a table without a rule. */
  static async open(url: string): Promise<Snapshot> {
    const client = await connectForDeploy(url);
    try {
      await client.query(
        `SET application_name = 'vaultstream-backup'; SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET extra_float_digits = 1`,
      );
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      return new Snapshot(client, await copyPlan(client));
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
  }

  async facts(): Promise<SnapshotFacts> {
    const { rows: server } = await this.client.query<{ postgres: string }>(
      `SELECT current_setting('server_version') AS postgres`,
    );
    const { rows: migrations } = await this.client.query<{ name: string }>(
      `SELECT migration_name AS name FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY migration_name COLLATE "C"`,
    );
    const { rows: months } = await this.client.query<{ month: string }>(
      `SELECT DISTINCT to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM') AS month FROM events ORDER BY 1`,
    );
    const sequences: SequenceState[] = [];
    for (const { sequence } of await sequencePlan(this.client)) {
      const { rows } = await this.client.query<{ last: string | null }>(
        `SELECT CASE WHEN is_called THEN last_value::text END AS last FROM ${quote(sequence)}`,
      );
      sequences.push({ sequence, last: rows[0]?.last ?? null });
    }
    return {
      postgres: server[0]?.postgres ?? '',
      migrations: migrations.map(({ name }) => name),
      sequences,
      eventMonths: months.map(({ month }) => month),
    };
  }

  /** The rows of a table in Postgres' text format: one line a row. One table at a time. `rows` counts what has passed. */
  read({ table, columns }: TablePlan): { stream: Readable; rows: () => number } {
    const source = this.client.query(
      copyTo(`COPY (SELECT ${columns.map(quote).join(', ')} FROM ${quote(table)}) TO STDOUT`),
    );
    let rows = 0;
    const counter = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        rows += countLines(chunk);
        done(null, chunk);
      },
    });
    source.on('error', (error) => counter.destroy(error));
    return { stream: source.pipe(counter), rows: () => rows };
  }

  /** The stored files of the snapshot: all but tombstones and those that are only just being stored. */
  async blobs(): Promise<SnapshotBlob[]> {
    const { rows } = await this.client.query<SnapshotBlob>(
      `SELECT ${blobColumns} FROM blobs b WHERE state IN ('live', 'condemned', 'damaged') ORDER BY sha256`,
    );
    return rows;
  }

  /** Ends the transaction: vacuum may go on. */
  async close(): Promise<void> {
    await this.client.end().catch(() => undefined);
  }
}

/** A row is a line: newlines inside of values are escaped. */
export function countLines(chunk: Uint8Array): number {
  let lines = 0;
  for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) lines++;
  return lines;
}
