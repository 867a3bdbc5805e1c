import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import pg from 'pg';
import { cell, columnsA, contentDefaults, type Columns, type OldTables } from './old-rows.ts';

/** Makes the data directory of a lite installation: `vaultstream.db` and `media/`. */
export function writeLite(folder: string, tables: OldTables, columns: Columns = columnsA): void {
  mkdirSync(join(folder, 'media'), { recursive: true });
  const db = new DatabaseSync(join(folder, 'vaultstream.db'));
  db.exec('PRAGMA journal_mode = WAL');
  const types = { text: 'TEXT', int: 'INTEGER', json: 'JSON', time: 'DATETIME', bool: 'BOOLEAN' };
  for (const [table, known] of Object.entries(columns)) {
    const definitions = Object.entries(known).map(([name, kind]) => `"${name}" ${types[kind]}`);
    db.exec(`CREATE TABLE "${table}" (id INTEGER PRIMARY KEY, ${definitions.join(', ')})`);
    for (const row of rowsOf(tables, table)) {
      const names = Object.keys(row);
      const values = names.map((name) => {
        const value = cell(known[name] ?? 'int', row[name]);
        return (typeof value === 'boolean' ? Number(value) : value) as SQLInputValue;
      });
      db.prepare(
        `INSERT INTO "${table}" (${names.map((name) => `"${name}"`).join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
      ).run(...values);
    }
  }
  db.close();
}

/** Fills an empty Postgres database like an old installation. */
export async function writePostgres(url: string, tables: OldTables, columns: Columns): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const types = { text: 'text', int: 'integer', json: 'jsonb', time: 'timestamp', bool: 'boolean' };
  for (const [table, known] of Object.entries(columns)) {
    const definitions = Object.entries(known).map(([name, kind]) => `"${name}" ${types[kind]}`);
    await client.query(`CREATE TABLE "${table}" (id serial PRIMARY KEY, ${definitions.join(', ')})`);
    for (const row of rowsOf(tables, table)) {
      const names = Object.keys(row);
      await client.query(
        `INSERT INTO "${table}" (${names.map((name) => `"${name}"`).join(', ')}) VALUES (${names.map((_, at) => `$${at + 1}`).join(', ')})`,
        names.map((name) => cell(known[name] ?? 'int', row[name])),
      );
    }
  }
  await client.end();
}

function rowsOf(tables: OldTables, table: string): Record<string, unknown>[] {
  const rows = tables[table as keyof OldTables] ?? [];
  return table === 'contents' ? rows.map((row) => ({ ...contentDefaults, ...row })) : rows;
}

/** Bytes that begin like a WebP, unlike any other. */
export function webp(text: string): Buffer {
  const body = Buffer.from(`WEBPVP8 ${text}`);
  const head = Buffer.from('RIFF\0\0\0\0', 'latin1');
  head.writeUInt32LE(body.length, 4);
  return Buffer.concat([head, body]);
}

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Stores bytes in the media folder as the old version did. Answers their key. */
export function writeMedia(folder: string, bytes: Buffer, prefix = '', name = `${sha256(bytes)}.webp`): string {
  const key = `${prefix}${name.slice(0, 2)}/${name.slice(2, 4)}/${name}`;
  const path = join(folder, 'media', key);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
  return key;
}
