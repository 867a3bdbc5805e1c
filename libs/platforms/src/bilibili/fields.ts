import { maxBodyText, type ParsedContent, type ParsedMedia } from '@vaultstream/contracts';
import { sizeOf, uniqueMedia } from '../clean/content-fields.ts';
import { httpsUrl } from '../clean/http-url.ts';
import { cleanLine, cleanParagraphs } from '../clean/text.ts';

export { joined, memberAt, statsOf, tagsOf, titleFrom } from '../clean/content-fields.ts';

/** Against what `//host` and relative addresses count. */
const home = 'https://www.bilibili.com/';

/** An https address as Bilibili writes them, `//host` included; null for anything else. */
export function addressOf(value: unknown): string | null {
  return httpsUrl(value, home);
}

/** The address of a picture itself: `...jpg@320w_200h.webp` is a smaller copy of `...jpg`. */
export function pictureUrl(value: unknown): string | null {
  const url = addressOf(value);
  if (url === null) return null;
  const { origin, pathname, search } = new URL(url);
  return /\.hdslb\.com$/.test(new URL(url).hostname) ? origin + withoutSize(pathname) + search : url;
}

/** `/a.jpg` of `/a.jpg@320w`: without what follows the first @ of the last segment. */
function withoutSize(path: string): string {
  const at = path.indexOf('@', path.lastIndexOf('/') + 1);
  return at < 0 ? path : path.slice(0, at);
}

/** A picture with its size, where one is given; null without an address. */
export function pictureOf(
  value: unknown,
  role: ParsedMedia['role'] = 'content',
  size: { width?: unknown; height?: unknown } = {},
): ParsedMedia | null {
  const url = pictureUrl(value);
  return url === null ? null : { kind: 'image', role, url, ...sizeOf(size.width, size.height) };
}

/** Each address once, in order, without what is none. Where the first mention has no size, a later one may tell it. */
export function mediaOf(pictures: readonly (ParsedMedia | null)[]): ParsedMedia[] {
  return uniqueMedia(pictures.filter((picture) => picture !== null));
}

/** Who made it, from the id, name and picture that the API gives under one name or another; null when nothing is known. */
export function authorOf(mid: unknown, name: unknown, face: unknown): ParsedContent['author'] {
  const id = /^[1-9]\d{0,19}$/.exec(cleanLine(mid, 21) ?? '')?.[0] ?? null;
  const author = {
    id,
    name: cleanLine(name, 200),
    url: id === null ? null : `https://space.bilibili.com/${id}`,
    avatar_url: pictureUrl(face),
  };
  return author.id === null && author.name === null ? null : author;
}

/** A long text as it is kept. Bilibili writes `-` for "nothing". */
export function bodyOf(value: unknown): string | null {
  const text = cleanParagraphs(value, maxBodyText);
  return text === '-' ? null : text;
}
