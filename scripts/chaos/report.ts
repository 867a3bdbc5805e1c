import { cpus, totalmem } from 'node:os';
import { Missing } from './missing.ts';
import { holds, type Row, type Tally } from './row.ts';

/** One row and how it went. */
export interface Result extends Tally {
  id: string;
  title: string;
  ok: boolean;
  /** A program that the row needs cannot be had here: it says nothing. */
  skipped: boolean;
  seconds: number;
}

const nothing: Tally = { acknowledged: 0, done: 0, lost: 0, twice: 0, stuck: 0, kills: 0, broken: [], notes: [] };

export function resultOf(row: Row, tally: Tally, seconds: number): Result {
  return { id: row.id, title: row.title, ok: holds(row, tally), skipped: false, seconds, ...tally };
}

/** A row that could not be carried out. */
export function failed(row: Row, error: unknown, seconds: number): Result {
  const words = error instanceof Error ? error.message : String(error);
  const skipped = error instanceof Missing;
  const said = skipped ? { notes: [words] } : { broken: [words] };
  return { id: row.id, title: row.title, ok: false, skipped, seconds, ...nothing, ...said };
}

/** One line for each row, and below it what else there is to say. */
export function table(results: readonly Result[]): string {
  const head = ['row', 'acknowledged', 'done', 'lost', 'twice', 'stuck', 'kills', 'seconds', '', 'what'];
  const lines = results.map((result) => [
    result.id,
    ...[result.acknowledged, result.done, result.lost, result.twice, result.stuck, result.kills].map(String),
    result.seconds.toFixed(0),
    result.skipped ? 'SKIP' : result.ok ? 'ok' : 'FAIL',
    result.title,
  ]);
  const widths = head.map((name, column) => Math.max(name.length, ...lines.map((line) => line[column]?.length ?? 0)));
  const last = head.length - 1;
  const format = (line: readonly string[]) =>
    line
      .map((cell, column) =>
        column === 0 || column >= last - 1 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return [
    format(head),
    ...results.flatMap((result, index) => [
      format(lines[index] ?? []),
      ...result.broken.map((line) => `    BROKEN ${line}`),
      ...result.notes.map((line) => `    ${line}`),
    ]),
  ].join('\n');
}

/** For figures that are compared over time. */
export function asJson(results: readonly Result[], full: boolean): string {
  const machine = {
    cpus: cpus().length,
    model: cpus()[0]?.model.trim(),
    gib: Math.round(totalmem() / 2 ** 30),
    node: process.version,
  };
  return `${JSON.stringify({ at: new Date().toISOString(), machine, full, rows: results }, null, 2)}\n`;
}
