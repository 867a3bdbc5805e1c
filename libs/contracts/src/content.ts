import { z } from 'zod';

/** Words about contents that adapters, the store and the delivery share. */

export const contentStatuses = ['UNPROCESSED', 'PROCESSING', 'PULLED', 'FAILED'] as const;
export type ContentStatus = (typeof contentStatuses)[number];

export const archiveStatuses = ['none', 'pending', 'ready', 'partial'] as const;
export type ArchiveStatus = (typeof archiveStatuses)[number];

export const mediaKinds = ['image', 'video', 'audio', 'file'] as const;
export const mediaRoles = ['content', 'cover', 'avatar'] as const;
export const mediaStatuses = ['pending', 'stored', 'failed', 'skipped'] as const;
export type MediaKind = (typeof mediaKinds)[number];
export type MediaRole = (typeof mediaRoles)[number];
export type MediaStatus = (typeof mediaStatuses)[number];

/** Body text is cut here: characters, as the original did. */
export const maxBodyText = 200_000;
/** Raw metadata larger than this is dropped, marked `_truncated`: bytes of JSON. */
export const maxRawMetadataBytes = 512 * 1024;

const httpUrl = z.url({ protocol: /^https?$/ }).max(8_192);

/** One picture, video or file that an adapter found, in the order of the page. */
export const parsedMediaSchema = z.object({
  kind: z.enum(mediaKinds),
  role: z.enum(mediaRoles).default('content'),
  url: httpUrl,
  /** Pixels, when the platform says so. */
  width: z.int().positive().optional(),
  height: z.int().positive().optional(),
});
export type ParsedMedia = z.infer<typeof parsedMediaSchema>;

/** What an adapter returns. Hostile until it has passed this schema. */
export const parsedContentSchema = z.object({
  /** The platform's own id of the thing, such as a BV id; the canonical URL where there is none. */
  platform_id: z.string().max(1_024).nullable(),
  content_type: z.string().max(50),
  /**
   * The address that answered, where that is not the one asked: the end of redirects, a resolved short link, or a canonical link that the page
   * at its end agrees to. It becomes the content's canonical URL, and what was asked a further key.
   */
  canonical_url: httpUrl.optional(),
  /** Where the answer came from, when redirects led away from the address asked and their end cannot be its name: a home page. */
  answered_elsewhere: httpUrl.optional(),
  title: z.string().max(2_000).nullable(),
  description: z.string().max(20_000).nullable(),
  body_text: z.string().max(maxBodyText).nullable(),
  author: z
    .object({
      id: z.string().max(200).nullable(),
      name: z.string().max(200).nullable(),
      url: httpUrl.nullable(),
      avatar_url: httpUrl.nullable(),
    })
    .nullable(),
  site_name: z.string().max(200).nullable(),
  /** BCP 47. */
  language: z.string().max(35).nullable(),
  published_at: z.date().nullable(),
  tags: z.array(z.string().max(100)).max(100),
  is_nsfw: z.boolean().default(false),
  /** Counts as the platform gives them: view, like, comment, share, collect and others. */
  stats: z.record(z.string().max(50), z.number().nonnegative()),
  media: z.array(parsedMediaSchema).max(1_000),
  raw_metadata: z.record(z.string(), z.unknown()),
  parser_version: z.int().positive(),
});
export type ParsedContent = z.infer<typeof parsedContentSchema>;

/** A canonicalised address: what identifies a content before anything is fetched. */
export interface Canonical {
  /** Registry id of the platform, such as `web`. */
  platform: string;
  /** The one spelling of the URL. */
  url: string;
  /** The platform's id, when the URL alone tells it. */
  platformId: string | null;
  contentType: string | null;
}
