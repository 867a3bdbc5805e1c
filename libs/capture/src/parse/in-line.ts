import type { Extractor, FeedReader } from '@vaultstream/platforms';
import type { TaskContext } from '@vaultstream/tasks';

/** Stops the clock of a run until what it returns is called. */
export type Hold = TaskContext['hold'];

/** Asks for work that others may be waiting for as well: the clock of the run stands still until somebody begins with ours. */
export async function inLine<T>(hold: Hold | undefined, ask: (onStart: () => void) => Promise<T>): Promise<T> {
  const go = hold?.();
  try {
    return await ask(() => go?.());
  } finally {
    go?.();
  }
}

/** The feed half of the page reader, for one run or one request. */
export function feedReaderOf(pages: Extractor, signal: AbortSignal, hold?: Hold): FeedReader {
  return {
    readFeed: (text, url) => inLine(hold, (onStart) => pages.readFeed(text, url, { signal, onStart })),
    discoverFeeds: (html, url) => inLine(hold, (onStart) => pages.discoverFeeds(html, url, { signal, onStart })),
  };
}
