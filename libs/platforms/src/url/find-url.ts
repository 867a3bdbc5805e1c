import { isPublicName } from './hosts.ts';
import { maxUrlLength } from './canonical-url.ts';

/** Ends a URL inside a text: space, controls, quotes and brackets that no URL holds raw, and full-width punctuation. */
const urlInText = /https?:\/\/[^\s\p{Cc}<>"`，。；！？、…“”‘’「」『』《》【】]+/iu;
/** Invisible characters that come along with copied text: zero-width, direction marks, byte order mark, soft hyphen. */
const invisible = /[\u00AD\u200B-\u200F\u202A-\u202E\u2060-\u2064\u2066-\u2069\uFEFF]/g;
const closing: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{', '）': '（', '］': '［', '｝': '｛' };
const trailing = /[,.;:!?'，．。；：！？､｡]$/;
const bareHost = /^[\p{L}\p{N}][\p{L}\p{N}.-]*\.[\p{L}\p{N}-]{2,}(?::\d{1,5})?(?:[/?#]\S*)?$/u;

/**
 * The first http(s) URL of a text, or a host without a scheme when that is all there is (`example.com/x` means https).
 * Punctuation that ends a sentence is not part of it; a closing bracket is, where the URL holds its partner (`/wiki/A_(b)`).
 * Null when there is none, or when it is longer than 8,192 characters.
 */
export function findUrl(input: string): URL | null {
  const text = input.replace(invisible, '').trim();
  const found = urlInText.exec(text)?.[0];
  if (found !== undefined) return parsed(withoutTail(found));
  return bareHost.test(text) ? parsedHost(withoutTail(text)) : null;
}

function parsedHost(text: string): URL | null {
  const url = parsed(`https://${text}`);
  return url && isPublicName(url.hostname) ? url : null;
}

function parsed(text: string): URL | null {
  return text.length <= maxUrlLength ? URL.parse(text) : null;
}

function withoutTail(found: string): string {
  const excess = new Map(
    Object.entries(closing).map(([close, open]) => [close, count(found, close) - count(found, open)]),
  );
  let end = found.length;
  for (;;) {
    const last = found[end - 1] ?? '';
    const stray = excess.get(last) ?? 0;
    if (stray > 0) excess.set(last, stray - 1);
    else if (!trailing.test(last)) return found.slice(0, end);
    end--;
  }
}

function count(text: string, character: string): number {
  return text.split(character).length - 1;
}
