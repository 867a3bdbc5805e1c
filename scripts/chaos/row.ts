import type { Stage } from './stage.ts';

/** What a row counted. */
export interface Tally {
  /** Shares (or tasks) that were accepted: a 2xx, or a commit. */
  acknowledged: number;
  /** Of these: in their final state by the database. */
  done: number;
  /** Of these: without a final state, or without the push that belongs to them. */
  lost: number;
  /** Effects beyond the one that each should have. */
  twice: number;
  /** Tasks that nobody works on and that wait for no time to come. */
  stuck: number;
  /** Processes and stores that were killed, stopped, paused or wiped. */
  kills: number;
  /** Further promises of the row that were broken, in words. */
  broken: string[];
  /** What else is worth knowing. */
  notes: string[];
}

/** How much is wanted. */
export interface Size {
  /** On demand: the sizes of the matrix. Otherwise those that fit into CI. */
  full: boolean;
  /** Shares of J1 and J2. */
  n: number;
}

/** One row of the reliability matrix. */
export interface Row {
  /** Such as `J1`. */
  id: string;
  title: string;
  /** Runs without being asked for. */
  inCi: boolean;
  /** Proves that the harness sees loss: must lose something, within its own tries. */
  guard?: boolean;
  run(stage: Stage, size: Size): Promise<Tally>;
}

/** Whether a row has kept what it promises. */
export function holds({ guard }: Row, { lost, twice, stuck, broken }: Tally): boolean {
  return broken.length === 0 && (guard === true || (lost === 0 && twice === 0 && stuck === 0));
}
