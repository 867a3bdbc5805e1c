import { BadPayload } from '@vaultstream/contracts';
import { discoverFeeds } from './discover-feeds.ts';
import type { FeedReader } from './feed.ts';
import { readFeed } from './read-feed.ts';

/** Reads feeds where it is called, without a child; for specs only. */
export const directReader: FeedReader = {
  readFeed: async (text, url) => {
    try {
      return readFeed(text, url);
    } catch (error) {
      throw new BadPayload(error instanceof Error ? error.message : String(error));
    }
  },
  discoverFeeds: async (html, url) => discoverFeeds(html, url),
};
