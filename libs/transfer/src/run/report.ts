/** What an import is about. */
export const importKinds = ['contents', 'sources', 'media', 'pushes', 'bots', 'rules'] as const;
export type ImportKind = (typeof importKinds)[number];

/**
 * What became of a row, in the order in which people read it. `known` was imported before; `merged` is the same content as another
 * row or share; `to_fetch` is a picture whose file was not at hand; `lost` one whose address is not known either.
 */
const outcomes = ['imported', 'merged', 'stored', 'to_fetch', 'known', 'lost', 'skipped'] as const;
export type ImportOutcomeName = (typeof outcomes)[number];

/** Something that was not imported as it was, and why. */
export interface ImportNote {
  kind: ImportKind;
  reason: string;
  count: number;
  /** True where only a person can do something about it. */
  needs_person: boolean;
  /** Ids or names of the old version: the first ten. */
  examples: string[];
}

/** What an import did, or in a dry run would do. */
export interface ImportReport {
  from: string;
  dry_run: boolean;
  /** False when it was interrupted: run it again to go on. */
  finished: boolean;
  seconds: number;
  /** Per kind: how many of each outcome. */
  counts: Record<ImportKind, Partial<Record<ImportOutcomeName, number>>>;
  notes: ImportNote[];
  /** Tables of the old version that have no place here, and their rows. */
  left_behind: Record<string, number>;
}

/** Examples of one reason that are kept. */
const maxExamples = 10;

/** Counts while an import runs. */
export class Tally {
  private readonly counts = Object.fromEntries(importKinds.map((kind) => [kind, {}])) as ImportReport['counts'];
  private readonly notes = new Map<string, ImportNote>();
  private readonly started = Date.now();

  add(kind: ImportKind, outcome: ImportOutcomeName, number = 1): void {
    if (number > 0) this.counts[kind][outcome] = (this.counts[kind][outcome] ?? 0) + number;
  }

  /** @param example Its id or name in the old version. */
  note(
    kind: ImportKind,
    reason: string,
    { example, person = false, number = 1 }: { example?: string; person?: boolean; number?: number } = {},
  ): void {
    if (number <= 0) return;
    const name = `${kind} ${reason}`;
    const note = this.notes.get(name) ?? { kind, reason, count: 0, needs_person: person, examples: [] };
    note.count += number;
    if (example !== undefined && note.examples.length < maxExamples) note.examples.push(example);
    this.notes.set(name, note);
  }

  report(facts: Pick<ImportReport, 'from' | 'dry_run' | 'finished' | 'left_behind'>): ImportReport {
    const { from, dry_run, finished, left_behind } = facts;
    const seconds = Math.round((Date.now() - this.started) / 100) / 10;
    return { from, dry_run, finished, seconds, counts: this.counts, notes: [...this.notes.values()], left_behind };
  }
}

/** True when nothing is left for a person to do: the exit code of the command. */
export function isComplete({ finished, notes }: ImportReport): boolean {
  return finished && notes.every((note) => !note.needs_person);
}

/** The report in plain lines. */
export function toLines(report: ImportReport): string[] {
  const counts = importKinds.map((kind) => {
    const told = outcomes.filter((outcome) => report.counts[kind][outcome] !== undefined);
    const parts = told.map((outcome) => `${report.counts[kind][outcome]} ${outcome.replaceAll('_', ' ')}`);
    return `  ${kind.padEnd(10)}${parts.length > 0 ? parts.join(', ') : 'none'}`;
  });
  const notes = report.notes.map(({ kind, reason, count, needs_person, examples }) => {
    const which =
      examples.length > 0 ? ` [${examples.map(oneLine).join(', ')}${count > examples.length ? ', ...' : ''}]` : '';
    return `  ${needs_person ? '! ' : '- '}${kind}: ${count} x ${oneLine(reason)}${which}`;
  });
  const left = Object.entries(report.left_behind).map(([table, rows]) => `${oneLine(table)} (${rows})`);
  return [
    `${report.dry_run ? 'Dry run: nothing was written. Would import' : 'Imported'} from ${report.from} in ${report.seconds} s:`,
    ...counts,
    ...notes,
    ...(left.length > 0 ? [`  left behind: ${left.join(', ')}`] : []),
    ...(report.finished ? [] : ['  Interrupted: run the same command again to go on.']),
    ...(report.notes.some((note) => note.needs_person) ? ['  Lines with ! need a person.'] : []),
  ];
}

/** Old names may hold anything: line breaks and escape sequences would reach the terminal. */
const oneLine = (text: string): string => text.replace(/[\p{Cc}\p{Cf}]/gu, ' ').slice(0, 200);
