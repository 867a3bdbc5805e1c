import type { Canonical, ContentStatus, MediaKind, MediaRole, MediaStatus, RuleRequest } from '@vaultstream/contracts';

/** Imported work waits behind everything that people share now. */
export const importPriority = 10;

/** A name of a content: see `content_keys`. */
export interface ContentName {
  platform: string;
  key: string;
}

/** One share of the old version. */
export interface ImportedSource {
  /** Made of the old row, so that the same row gives the same id in every run. */
  id: string;
  url: string;
  source: string | null;
  tags: string[];
  note: string | null;
  clientContext: Record<string, unknown> | null;
  createdAt: Date;
}

/** A picture, video or file of the old version. */
export interface ImportedMedia {
  kind: MediaKind;
  role: MediaRole;
  originUrl: string;
  status: MediaStatus;
  /** Hex, of bytes that are put and claimed; with status `stored`. */
  sha256: string | null;
  error: string | null;
}

/** What the old version has pushed to one target. */
export interface ImportedPush {
  targetKey: string;
  /** One a message, in their order. */
  messageIds: string[];
  pushedAt: Date;
}

/** A content of the old version, mapped to our words. Texts may still hold what Postgres cannot. */
export interface ImportedContent {
  canonical: Canonical;
  /** All its names, the canonical one first. The owner of one of the first `identities` names is the same content. */
  names: ContentName[];
  identities: number;
  url: string;
  status: Extract<ContentStatus, 'UNPROCESSED' | 'PULLED' | 'FAILED'>;
  title: string | null;
  description: string | null;
  bodyText: string | null;
  author: { id: string | null; name: string | null; url: string | null; avatarUrl: string | null };
  tags: string[];
  isNsfw: boolean;
  note: string | null;
  stats: Record<string, number>;
  publishedAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
  failureCount: number;
  lastError: { message: string | null; type: string; detail: Record<string, unknown> | null; at: Date | null } | null;
  rawMetadata: Record<string, unknown>;
  /** At least one. */
  sources: ImportedSource[];
  pushes: ImportedPush[];
}

/**
 * new: nobody has it. known: this very row was imported before. merge: another row or share is the same content. deleted: a person
 * has deleted it here.
 */
export type ImportStanding = 'new' | 'known' | 'merge' | 'deleted';

/** What was written for one content. Zeros where everything was there. */
export interface ImportOutcome {
  standing: ImportStanding;
  contentId: number;
  sources: number;
  pushes: number;
  /** Rows of media by status. */
  media: Partial<Record<MediaStatus, number>>;
}

/** A distribution rule of the old version. It is always written disabled. */
export interface ImportedRule {
  /** Made of the old row. */
  id: string;
  rule: RuleRequest;
  /** Keys of its targets; those that are no targets of rules here are left out. */
  targetKeys: string[];
  /** The same of those that get its NSFW contents, under the policy `separate`. */
  nsfwTargetKeys: string[];
}
