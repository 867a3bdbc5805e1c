import { parseMode, type Mode } from './mode.ts';

/** Which requests a mode is for: everything that is named must fit. */
export interface ModeRule {
  service?: string;
  host?: string;
  method?: string;
  /** What the path contains, such as `/sendPhoto`. */
  path?: string;
  /** As `parseMode` reads it. */
  mode: string;
}

/** A request, as far as rules look at it. */
export interface ModeSubject {
  service: string;
  host: string;
  method: string;
  path: string;
}

interface BookedRule extends ModeRule {
  id: number;
  parsed: Mode;
  /** How often it was used. */
  used: number;
}

/** The error modes that are switched on, and how often each was used. */
export class ModeBook {
  #rules: BookedRule[] = [];
  readonly #used = new Map<string, number>();
  #lastId = 0;

  /** Switches a mode on. @returns its id, for `remove`. @throws RangeError */
  add(rule: ModeRule): number {
    const id = ++this.#lastId;
    this.#rules.push({ ...rule, id, parsed: parseMode(rule.mode), used: 0 });
    return id;
  }

  remove(id: number): void {
    this.#rules = this.#rules.filter((rule) => rule.id !== id);
  }

  list(): (ModeRule & { id: number; used: number })[] {
    return this.#rules.map(({ parsed: _parsed, ...rule }) => rule);
  }

  reset(): void {
    this.#rules = [];
    this.#used.clear();
  }

  /**
   * The mode for this request, if any, counted as used.
   * @param asked what the request itself asks for, by header or path; it comes before the rules
   * @throws RangeError when `asked` is no mode
   */
  take(subject: ModeSubject, asked: string | undefined): Mode | null {
    if (asked !== undefined) return this.#takeAsked(subject, parseMode(asked));
    const rule = this.#rules.find((candidate) => fits(candidate, subject) && isLeft(candidate.parsed, candidate.used));
    if (!rule) return null;
    rule.used++;
    return rule.parsed;
  }

  #takeAsked(subject: ModeSubject, mode: Mode): Mode | null {
    const key = `${mode.text} ${subject.host}${subject.path}`;
    const used = this.#used.get(key) ?? 0;
    this.#used.set(key, used + 1);
    return isLeft(mode, used) ? mode : null;
  }
}

const isLeft = (mode: Mode, used: number): boolean => mode.times === null || used < mode.times;

const fits = (rule: ModeRule, subject: ModeSubject): boolean =>
  (rule.service === undefined || rule.service === subject.service) &&
  (rule.host === undefined || rule.host === subject.host) &&
  (rule.method === undefined || rule.method === subject.method) &&
  (rule.path === undefined || subject.path.includes(rule.path));
