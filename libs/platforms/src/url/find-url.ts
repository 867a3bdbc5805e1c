import { isPublicName } from './hosts.ts';
import { maxUrlLength } from './canonical-url.ts';

/** Ends a URL inside a text: space, controls, quotes and brackets that no URL holds raw, and full-width punctuation. */
const urlInText = /https?:\/\/[^\s\p{Cc}<>"`，。；！？、…“”‘’「」『』《》【】]+/iu;
/** Invisible characters that come along with copied text: zero-width, direction marks, byte order mark, soft hyphen. */
const invisible = /[\u00AD\u200B-\u200F\u202A-\u202E\u2060-\u2064\u2066-\u2069\uFEFF]/g;
/** Schemes that hold a URL of their own: `jar:http://...` is no http address. */
const otherScheme = /(?:^|[^\p{L}\p{N}])(?:blob|data|filesystem|jar|javascript|unix|view-source):$/iu;
/** `http://one &@two/`: some parsers see one host here, some the other. */
const twoHosts = /^https?:[\\/]*(?:[^\s\\/?#][^\s/?#]*)?[^\S\n]+[^\s/?#]+@/i;
const closing: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{', '）': '（', '］': '［', '｝': '｛' };
const trailing = /[,.;:!?'，．。；：！？､｡]$/;
const bareHost = /^[\p{L}\p{N}][\p{L}\p{N}.-]*\.[\p{L}\p{N}-]{2,}(?::\d{1,5})?(?:[/?#]\S*)?$/u;

/**
 * The first http(s) URL of a text, or a host without a scheme when that is all there is (`example.com/x` means https).
 * Punctuation that ends a sentence is not part of it; a closing bracket is, where the URL holds its partner (`/wiki/A_(b)`).
 * Null when there is none, or when it is longer than 2,048 characters.
 */
export function findUrl(input: string): URL | null {
  const found = findUrlText(input);
  if (found === null) return null;
  const url = parsed(found.text);
  return url && (found.written || isPublicName(url.hostname)) ? url : null;
}

/**
 * The same as it was written, before a parser has made 1.2.0.3 of 1.2.3: what an address policy has to look at. `written` is false
 * where the scheme is ours.
 */
export function findUrlText(input: string): { text: string; written: boolean } | null {
  const text = input.replace(invisible, '').trim();
  const found = urlInText.exec(text);
  if (found !== null) {
    if (otherScheme.test(text.slice(0, found.index)) || twoHosts.test(text.slice(found.index))) return null;
    return { text: withoutTail(found[0]), written: true };
  }
  return bareHost.test(text) ? { text: `https://${withoutTail(text)}`, written: false } : null;
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
