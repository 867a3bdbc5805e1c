export { Feeds, type FeedChange, type NewFeed } from './feeds.ts';
export { FeedPolls, type PollJob } from './feed-polls.ts';
export { toFeedView } from './feed-record.ts';
export type { EntrySkip } from './feed-entries.ts';
