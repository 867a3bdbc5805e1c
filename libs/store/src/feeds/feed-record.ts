import type { FeedView } from '@vaultstream/contracts';
import type { FeedModel } from '../generated/models/Feed.ts';

const time = (date: Date | null): string | null => date?.toISOString() ?? null;

/** Row to the answer of the API. */
export function toFeedView(feed: FeedModel): FeedView {
  return {
    id: feed.id,
    url: feed.url,
    title: feed.title,
    site_url: feed.siteUrl,
    tags: feed.tags,
    is_nsfw: feed.isNsfw,
    interval_s: feed.intervalS,
    adaptive: feed.adaptive,
    share_existing: feed.shareExisting,
    enabled: feed.enabled,
    disabled_reason: feed.disabledReason,
    etag: feed.etag,
    last_modified: feed.lastModified,
    next_poll_at: feed.nextPollAt.toISOString(),
    last_polled_at: time(feed.lastPolledAt),
    last_entry_at: time(feed.lastEntryAt),
    failures: feed.failures,
    last_error: feed.lastError,
    last_error_type: feed.lastErrorType,
    last_error_at: time(feed.lastErrorAt),
    created_at: feed.createdAt.toISOString(),
    updated_at: feed.updatedAt.toISOString(),
  };
}
