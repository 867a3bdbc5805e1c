import type { ArchiveStatus, ContentStatus, MediaKind, MediaRole, MediaStatus } from '@vaultstream/contracts';
import { Prisma } from '../generated/client.ts';

/** A content as lists show it: everything that is small. Camel-case twin of the table. */
export interface ContentRow {
  id: number;
  platform: string;
  platformId: string | null;
  contentType: string | null;
  url: string;
  canonicalUrl: string;
  status: ContentStatus;
  archiveStatus: ArchiveStatus;
  parseGeneration: number;
  priority: number;
  title: string | null;
  description: string | null;
  authorId: string | null;
  authorName: string | null;
  authorUrl: string | null;
  authorAvatarUrl: string | null;
  siteName: string | null;
  language: string | null;
  tags: string[];
  isNsfw: boolean;
  note: string | null;
  stats: Record<string, number>;
  publishedAt: Date | null;
  publishedSort: Date;
  failureCount: number;
  lastError: string | null;
  lastErrorType: string | null;
  lastErrorAt: Date | null;
  parserVersion: number | null;
  editedFields: string[];
  mergedInto: number | null;
  /** While its address is read again to see whether it still leads there: the content that it led to. */
  aliasOf: number | null;
  deletedAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
}

/** The columns of `ContentRow`, of a table or alias `c`. */
export const contentColumns = Prisma.sql`
  c.id, c.platform, c.platform_id AS "platformId", c.content_type AS "contentType", c.url, c.canonical_url AS "canonicalUrl",
  c.status, c.archive_status AS "archiveStatus", c.parse_generation AS "parseGeneration", c.priority, c.title, c.description,
  c.author_id AS "authorId", c.author_name AS "authorName", c.author_url AS "authorUrl",
  c.author_avatar_url AS "authorAvatarUrl", c.site_name AS "siteName", c.language, c.tags, c.is_nsfw AS "isNsfw", c.note,
  c.stats, c.published_at AS "publishedAt", c.published_sort AS "publishedSort", c.failure_count AS "failureCount",
  c.last_error AS "lastError", c.last_error_type AS "lastErrorType", c.last_error_at AS "lastErrorAt",
  c.parser_version AS "parserVersion", c.edited_fields AS "editedFields", c.merged_into AS "mergedInto",
  c.alias_of AS "aliasOf",
  c.deleted_at AS "deletedAt", c.created_at AS "createdAt", c.updated_at AS "updatedAt"`;

/** What was made of a stored picture. */
export interface VariantRow {
  /** Name and version, such as `thumb.v1`. */
  preset: string;
  key: string;
}

/** A picture, video or file of a content, with its blob. */
export interface MediaRow {
  id: string;
  contentId: number;
  position: number;
  kind: MediaKind;
  role: MediaRole;
  originUrl: string;
  status: MediaStatus;
  error: string | null;
  errorType: string | null;
  blobSha256: string | null;
  blobKey: string | null;
  mime: string | null;
  /** Bytes. */
  size: bigint | null;
  /** Pixels. */
  width: number | null;
  height: number | null;
  variants: VariantRow[];
}

/** One share of a content. */
export interface SourceRow {
  source: string | null;
  tags: string[];
  note: string | null;
  clientContext: Record<string, unknown> | null;
  createdAt: Date;
}

/** The error of the last final failure. */
export interface ErrorDetail {
  message: string;
  stack: string | null;
  attempts: unknown[];
}

/** A content with its pictures: what a card shows. */
export interface ContentCardRow extends ContentRow {
  media: MediaRow[];
}

/** A content with everything that belongs to it. */
export interface ContentDetailRow extends ContentCardRow {
  bodyText: string | null;
  lastErrorDetail: ErrorDetail | null;
  rawMetadata: Record<string, unknown>;
  sources: SourceRow[];
}
