import type { JobTurn } from './pool-job.ts';

/** Stops the clock of a run until what it returns is called. */
export type Hold = () => () => void;

/** Asks for work that others may be waiting for as well: the clock of the run stands still as long as nobody is at work on ours. */
export async function inLine<T>(
  hold: Hold | undefined,
  ask: (line: Pick<JobTurn, 'onStart' | 'onWait'>) => Promise<T>,
): Promise<T> {
  let go = hold?.();
  try {
    return await ask({ onStart: () => go?.(), onWait: () => (go = hold?.()) });
  } finally {
    go?.();
  }
}
