import { httpUrl } from '../clean/http-url.ts';
import { membersOf, parseJson } from '../clean/json.ts';
import { cleanName } from '../clean/names.ts';
import { cleanLine } from '../clean/text.ts';
import type { HttpAnswer, PlatformContext } from '../platform.ts';
import { isSameSite } from '../url/hosts.ts';
import type { ExtractedPage, PageMedia } from './page.ts';
import { pictureUrl, pixels } from './pictures.ts';

/** Longest answer that is read: bytes. Real ones have two thousand. */
const maxBytes = 256 * 1024;

/**
 * Asks the page's own site by oEmbed (https://oembed.com) for what the page does not tell: its author, its picture, its title. One request, only
 * where something is missing. It is nice to have: whatever goes wrong with it leaves the page as it is.
 * @throws only when the parse is aborted
 */
export async function completedByOembed(
  page: ExtractedPage,
  answer: HttpAnswer,
  { http, signal, log }: PlatformContext,
): Promise<ExtractedPage> {
  const { oembedUrl: address } = page;
  const complete = page.author !== null && page.cover !== null && page.title !== null;
  // Of the same site only: a page must not send us to anybody else's.
  if (complete || address === null || !isSameSite(new URL(address), new URL(answer.url))) return page;
  try {
    const told = await http.fetch({ url: address, maxBytes, headers: { accept: 'application/json' }, signal });
    return told.status === 200 ? completed(page, membersOf(parseJson(told.body)), told.url) : page;
  } catch (error) {
    signal.throwIfAborted();
    log.debug({ host: new URL(address).host, error: error instanceof Error ? error.name : 'unknown' }, 'no oEmbed');
    return page;
  }
}

function completed(page: ExtractedPage, told: Readonly<Record<string, unknown>>, base: string): ExtractedPage {
  const name = cleanName(told['author_name']);
  const author = name === null ? null : { name, url: httpUrl(told['author_url'], base) };
  return {
    ...page,
    title: page.title ?? cleanLine(told['title'], 2_000),
    author: page.author ?? author,
    siteName: page.siteName ?? cleanLine(told['provider_name'], 200),
    cover: page.cover ?? pictureIn(told, base),
  };
}

function pictureIn(told: Readonly<Record<string, unknown>>, base: string): PageMedia | null {
  const [own, prefix] =
    told['type'] === 'photo' && told['url'] !== undefined ? ['url', ''] : ['thumbnail_url', 'thumbnail_'];
  const url = pictureUrl(told[own], base);
  const [width, height] = [pixels(told[`${prefix}width`]), pixels(told[`${prefix}height`])];
  return url === null ? null : { url, ...(width === undefined || height === undefined ? {} : { width, height }) };
}
