export type {
  HttpAnswer,
  HttpRequest,
  ParseTarget,
  Platform,
  PlatformContext,
  PlatformHttp,
  PlatformLog,
} from './platform.ts';
export { assertPlatformId, identify, identifyUrl, platformById, platforms } from './registry.ts';
export type { Feed, FeedEntry, FeedReader } from './feed/feed.ts';
export { feedAddress } from './feed/feed-url.ts';
export { fetchFeed, type FeedAnswer } from './feed/fetch-feed.ts';
export { findUrlText } from './url/find-url.ts';
export { platformSettings, settingsOf, type DeclaredSetting } from './settings/declared-settings.ts';
export { resolveSetting, type SettingSource } from './settings/resolve-setting.ts';
export { createExtractor, type Extractor, type ExtractorOptions } from './web/extractor.ts';
export type { ExtractedPage } from './web/page.ts';
