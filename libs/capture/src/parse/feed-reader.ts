import type { Extractor, FeedReader } from '@vaultstream/platforms';
import { inLine, type Hold } from '@vaultstream/runtime/async';

/** The feed half of the page reader, for one run or one request. @param hold Stops the clock of the run: see `TaskContext.hold`. */
export function feedReaderOf(pages: Extractor, signal: AbortSignal, hold?: Hold): FeedReader {
  return {
    readFeed: (text, url) => inLine(hold, (line) => pages.readFeed(text, url, { signal, ...line })),
    discoverFeeds: (html, url) => inLine(hold, (line) => pages.discoverFeeds(html, url, { signal, ...line })),
  };
}
