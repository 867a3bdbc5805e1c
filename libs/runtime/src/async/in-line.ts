/** Stops the clock of a run until what it returns is called. */
export type Hold = () => () => void;

/** Asks for work that others may be waiting for as well: the clock of the run stands still until somebody begins with ours. */
export async function inLine<T>(hold: Hold | undefined, ask: (onStart: () => void) => Promise<T>): Promise<T> {
  const go = hold?.();
  try {
    return await ask(() => go?.());
  } finally {
    go?.();
  }
}
