import { BadPayload, maxBodyText, parsedContentSchema } from '@vaultstream/contracts';
import type { Canonical, MediaKind, ParsedContent, ParsedMedia } from '@vaultstream/contracts';
import { cleanLine, cleanParagraphs } from '../clean/text.ts';
import type { HttpAnswer } from '../platform.ts';
import { fileName, percentDecoded } from './file-name.ts';
import { answeredElsewhere, redirectedTo } from './learned-address.ts';
import type { ExtractedPage, PageMedia } from './page.ts';
import { refuseEmptyPage, refuseEmptyText, refuseUnknownBytes } from './refuse-nothing.ts';

/** Raised with every change of what the same page gives. */
export const webParserVersion = 3;
/** Longest URL that serves as `platform_id`: limit of the schema. */
const maxPlatformId = 1_024;

/** True for HTML, and for an empty body: an empty page. */
export function isPage({ mime, body }: HttpAnswer): boolean {
  return body.length === 0 || mime === 'text/html' || mime === 'application/xhtml+xml';
}

/** True for text that is no page: JSON, XML, feeds, plain text. */
export function isText({ mime, body }: HttpAnswer): boolean {
  return (
    body.length > 0 &&
    mime !== null &&
    !isPage({ mime, body } as HttpAnswer) &&
    /^text\/|[/+](?:json|xml|yaml|javascript)$/.test(mime) &&
    !mime.startsWith('image/')
  );
}

/** The page that stands for an address: see `agreedPage`. */
export interface AgreedPage {
  answer: HttpAnswer;
  page: ExtractedPage;
  /** Its own address, where that is not the one asked. */
  learned: string | undefined;
}

/** The content of a page. @throws BadPayload for one with nothing to keep */
export function pageContent(known: Canonical, { answer, page, learned }: AgreedPage): ParsedContent {
  refuseEmptyPage(answer, page);
  const media = [
    ...(page.cover ? [mediaOf('image', page.cover, 'cover')] : []),
    ...page.images.map((image) => mediaOf('image', image)),
    ...page.videos.map((video) => mediaOf('video', video)),
    ...page.audios.map((audio) => mediaOf('audio', audio)),
  ];
  return checked(known, answer, {
    content_type: page.contentType,
    canonical_url: learned,
    title: page.title ?? addressAsTitle(answer.url),
    description: page.description,
    body_text: page.text,
    author: page.author && { id: null, name: page.author.name, url: page.author.url, avatar_url: null },
    site_name: page.siteName,
    language: page.language,
    published_at: page.publishedAt === null ? null : new Date(page.publishedAt),
    tags: page.tags,
    is_nsfw: page.nsfw,
    stats: page.stats,
    media,
    raw_metadata: { ...page.raw, modified_at: page.modifiedAt },
  });
}

/** The content of a text that is no page. @throws BadPayload for an empty one */
export function textContent(known: Canonical, answer: HttpAnswer, text: string): ParsedContent {
  refuseEmptyText(answer, text);
  return checked(known, answer, {
    content_type: 'text',
    title: fileName(answer) ?? addressAsTitle(answer.url),
    body_text: cleanParagraphs(text.slice(0, maxBodyText * 2), maxBodyText),
  });
}

/** The content of a picture, document, archive, sound or film: itself, by its address. @throws BadPayload for a few unknown bytes */
export function fileContent(known: Canonical, answer: HttpAnswer): ParsedContent {
  refuseUnknownBytes(answer);
  const family = answer.mime?.split('/', 1)[0];
  const kind = family === 'image' || family === 'video' || family === 'audio' ? family : 'file';
  return checked(known, answer, {
    content_type: kind === 'image' ? 'image' : 'file',
    title: fileName(answer) ?? addressAsTitle(answer.url),
    media: [mediaOf(kind, { url: answer.url })],
  });
}

type Found = Partial<ParsedContent> & Pick<ParsedContent, 'content_type' | 'title'>;

function checked(known: Canonical, answer: HttpAnswer, found: Found): ParsedContent {
  const learned = 'canonical_url' in found ? found.canonical_url : redirectedTo(known, answer);
  const address = learned ?? known.url;
  const result = parsedContentSchema.safeParse({
    platform_id: address.length <= maxPlatformId ? address : null,
    canonical_url: learned,
    answered_elsewhere: answeredElsewhere(known, answer),
    description: null,
    body_text: null,
    author: null,
    site_name: null,
    language: null,
    published_at: null,
    tags: [],
    stats: {},
    media: [],
    ...found,
    raw_metadata: { ...found.raw_metadata, fetched_url: answer.url, mime: answer.mime, truncated: answer.truncated },
    parser_version: webParserVersion,
  });
  if (!result.success)
    throw new BadPayload(`The page gives no valid content: ${result.error.issues[0]?.path.join('.')}`, {
      cause: result.error,
    });
  return result.data;
}

function mediaOf(kind: MediaKind, media: PageMedia, role: ParsedMedia['role'] = 'content'): ParsedMedia {
  return { kind, role, ...media };
}

/** `example.com/a/b`: all that is known of a page without a title. */
function addressAsTitle(address: string): string | null {
  const { host, pathname } = new URL(address);
  return cleanLine(`${host}${(percentDecoded(pathname) ?? pathname).replace(/\/$/, '')}`, 500);
}
