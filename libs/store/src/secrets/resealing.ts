import type { Database } from '../database/database.ts';
import { openTx } from '../database/tx.ts';
import { Events } from '../events/events.ts';
import { SecretError, type SecretBox } from './secret-box.ts';

/** A column of sealed secrets: of its table, with the row's id as it is bound into the ciphertext. */
interface SealedColumn {
  table: string;
  column: string;
  /** SQL that makes the row's id as text. */
  id: string;
  /** SQL between the column and the sealed text, both ways: a JSON column holds a string. */
  read: (column: string) => string;
  write: (text: string) => string;
}

const asIs = { read: (column: string) => column, write: (text: string) => text };

/** All of them, of deleted rows too: a target that comes back brings its secret along. */
const sealedColumns: readonly SealedColumn[] = [
  { table: 'targets', column: 'secret_cipher', id: 'id::text', ...asIs },
  { table: 'bot_configs', column: 'token_cipher', id: 'id::text', ...asIs },
  { table: 'settings', column: 'value_cipher', id: 'key', ...asIs },
  {
    table: 'idempotency_keys',
    column: 'response',
    id: `principal || ' ' || route || ' ' || key`,
    read: (column) => `${column} #>> '{}'`,
    write: (text) => `to_jsonb(${text})`,
  },
];

/** Rows of one transaction. */
const batchSize = 200;

interface SealedRow {
  id: string;
  cipher: string;
}

/** What a run has done. */
export interface ResealResult {
  /** Secrets that are sealed with the first key now. */
  resealed: number;
  /** Secrets that one of the keys should open and none does: altered, or moved to another row. They stay as they are. */
  unreadable: number;
}

/**
 * Seals secrets anew that an earlier key has sealed, while everything goes on: a secret that somebody changes meanwhile stays as he made it.
 * Runs of two processes at once do no harm.
 */
export class Resealing {
  constructor(
    private readonly db: Database,
    private readonly box: SecretBox,
  ) {}

  /**
   * Goes over all sealed columns once. Where there is one key alone, nothing is left to do and nothing is asked.
   * @throws The reason of the signal, between two batches; InfrastructureError when the database is away.
   */
  async run(signal?: AbortSignal): Promise<ResealResult> {
    const total: ResealResult = { resealed: 0, unreadable: 0 };
    if (this.box.earlierKeyIds.length === 0) return total;
    for (const column of sealedColumns) await this.resealColumn(column, total, signal);
    if (total.resealed > 0)
      await this.db.transact((tx) =>
        Events.append(tx, [{ type: 'secrets.resealed', payload: { count: total.resealed, key: this.box.keyId } }]),
      );
    return total;
  }

  private async resealColumn(column: SealedColumn, total: ResealResult, signal?: AbortSignal): Promise<void> {
    for (let behind: string | null = ''; behind !== null;) {
      signal?.throwIfAborted();
      const rows: SealedRow[] = await this.oldRows(column, behind);
      behind = rows.length < batchSize ? null : (rows.at(-1)?.id ?? null);
      const fresh = rows.map(({ id, cipher }) => this.sealAnew(column, id, cipher));
      total.unreadable += fresh.filter((text) => text === null).length;
      total.resealed += await this.replace(
        column,
        rows.flatMap((row, index) => {
          const text = fresh[index];
          return text ? [{ ...row, text }] : [];
        }),
      );
    }
  }

  /** The next rows that one of the earlier keys has sealed, by id. */
  private oldRows({ table, column, id, read }: SealedColumn, behind: string): Promise<SealedRow[]> {
    return this.db.reading((client) =>
      client.$queryRawUnsafe<SealedRow[]>(
        `SELECT id, cipher FROM (SELECT ${id} AS id, ${read(column)} AS cipher FROM ${table} WHERE ${column} IS NOT NULL) AS sealed
         WHERE split_part(cipher, '.', 2) = ANY($1) AND id > $2 COLLATE "C" ORDER BY id COLLATE "C" LIMIT ${batchSize}`,
        this.box.earlierKeyIds,
        behind,
      ),
    );
  }

  private sealAnew({ table, column }: SealedColumn, row: string, cipher: string): string | null {
    const place = { table, row, column };
    try {
      return this.box.seal(this.box.open(cipher, place), place);
    } catch (error) {
      if (error instanceof SecretError) return null;
      throw error;
    }
  }

  private replace(
    { table, column, id, read, write }: SealedColumn,
    rows: readonly (SealedRow & { text: string })[],
  ): Promise<number> {
    if (rows.length === 0) return Promise.resolve(0);
    return this.db.transact((tx) =>
      openTx(tx).$executeRawUnsafe(
        `UPDATE ${table} SET ${column} = ${write('fresh.text')}
         FROM unnest($1::text[], $2::text[], $3::text[]) AS fresh(row, cipher, text)
         WHERE ${id} = fresh.row AND ${read(`${table}.${column}`)} = fresh.cipher`,
        rows.map((row) => row.id),
        rows.map(({ cipher }) => cipher),
        rows.map(({ text }) => text),
      ),
    );
  }
}
