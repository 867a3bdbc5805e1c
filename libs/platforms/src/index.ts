export type {
  HttpAnswer,
  HttpRequest,
  ParseTarget,
  Platform,
  PlatformContext,
  PlatformHttp,
  PlatformLog,
} from './platform.ts';
export { identify, identifyUrl, platformById, platforms } from './registry.ts';
export { createExtractor, type Extractor, type ExtractorOptions } from './web/extractor.ts';
export type { ExtractedPage } from './web/page.ts';
