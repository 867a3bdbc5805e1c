/** All spellings of one thing. */
export interface UrlGroup {
  /** `content_type` as far as the URL tells it. */
  type: string | null;
  /** The canonical URL. */
  url: string;
  /** The platform's id, where the URL tells it. */
  id: string | null;
  /** What people type or share for it: URLs, texts that hold one, bare ids. */
  inputs: readonly string[];
}

/** What one platform makes of URLs. */
export interface UrlTable {
  platform: string;
  /** Groups are different things; what stands in one of them is one thing. */
  groups: readonly UrlGroup[];
  /** Look-alikes, and pages of its hosts that it does not read: `web` takes them. */
  web?: readonly string[];
  /** What is nobody's: no URL that can be kept. */
  refused?: readonly string[];
}
