import { serveJobs } from '@vaultstream/runtime/async/child';
import { discoverFeeds } from '../feed/discover-feeds.ts';
import { readFeed } from '../feed/read-feed.ts';
import { extractPage } from './extract-page.ts';
import type { ReadRequest } from './page.ts';

/**
 * Program of the children that read strangers' pages and feeds; `createExtractor` starts them. It and all that it imports must be plain
 * erasable TypeScript with relative and npm imports only, so that Node runs it as it stands, uncompiled.
 */
serveJobs<ReadRequest>(async () => ({ what, text, url }) => {
  switch (what) {
    case 'page':
      return extractPage(text, url);
    case 'feed':
      return readFeed(text, url);
    case 'named feeds':
      return discoverFeeds(text, url);
  }
});
