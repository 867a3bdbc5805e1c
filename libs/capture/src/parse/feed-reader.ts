import type { Extractor, FeedReader } from '@vaultstream/platforms';
import { inLine, type Hold } from '@vaultstream/runtime/async';

/** How a run or a request waits for the page reader. */
export interface ReaderLine {
  signal: AbortSignal;
  /** Stops the clock of the run: see `TaskContext.hold`. */
  hold?: Hold;
  /** How long it can wait from now on: milliseconds. As long as a task can, where nothing is said. */
  patienceMs?(): number;
}

/** The feed half of the page reader, for one run or one request. */
export function feedReaderOf(pages: Extractor, { signal, hold, patienceMs }: ReaderLine): FeedReader {
  const turn = () => ({ signal, patienceMs: patienceMs?.() });
  return {
    readFeed: (text, url) => inLine(hold, (line) => pages.readFeed(text, url, { ...turn(), ...line })),
    discoverFeeds: (html, url) => inLine(hold, (line) => pages.discoverFeeds(html, url, { ...turn(), ...line })),
  };
}
