import { normalizePercent } from '../url/percent.ts';
import { isPlainUrl } from '../url/plain.ts';

const siteNames = new Set(['xiaohongshu.com', 'www.xiaohongshu.com']);
/** Short links of the app: `/<code>` of old, `/a/<code>`, `/m/<code>`, `/o/<code>` and what comes after them. */
const shortPath = /^\/(?:[a-zA-Z]\/)?[0-9A-Za-z]{4,24}$/;

/** A note by any page that shows it: 24 hex digits, of which the first eight are the time. */
const notePath = /^\/(?:explore|discovery\/item|search_result|note|user\/profile\/[0-9a-z]{8,32})\/([0-9a-f]{24})$/i;
/** Pages that stand in the way; the address that was asked for is their parameter. */
const wallPath = /^\/(?:404(?:\/.*)?|login|website-login\/(?:captcha|error))$/;

/** The one address of a note. Whose profile it was on and the token of the share are no part of it. */
export function noteUrl(id: string): string {
  return `https://www.xiaohongshu.com/explore/${id}`;
}

/** The id of the note that an address shows, in lower case; null for everything else. */
export function noteIdOf(url: URL): string | null {
  return noteIn(url)?.id ?? null;
}

/** What lets somebody without an account see a note: it comes with each share and ends after some time. */
export interface ShareToken {
  xsec_token: string;
  /** Where it was shared: the token is checked against it. */
  xsec_source: string;
}

/** The note of an address with the token of the share, where it has one. */
export interface SharedNote {
  id: string;
  token: ShareToken | null;
}

/** @param walls Pages in the way that may still stand around the address. */
export function noteIn(url: URL, walls = 2): SharedNote | null {
  const host = url.hostname.replace(/\.$/, '');
  if (!isPlainUrl(url) || !siteNames.has(host)) return null;
  const path = normalizePercent(url.pathname)
    .replace(/\/{2,}/g, '/')
    .replace(/(?<=.)\/$/, '');
  const id = notePath.exec(path)?.[1]?.toLowerCase();
  if (id !== undefined) return { id, token: tokenIn(url.searchParams) };
  if (!wallPath.test(path) || walls === 0) return null;
  const wanted = URL.parse(url.searchParams.get('redirectPath') ?? '', url.href);
  return wanted && noteIn(wanted, walls - 1);
}

/** Where a note is read: its own address with the token of the share. */
export function readingUrl({ id, token }: SharedNote): URL {
  const url = new URL(noteUrl(id));
  for (const [name, value] of Object.entries(token ?? {})) url.searchParams.set(name, String(value));
  return url;
}

/** The one spelling of a short link; null for other addresses. */
export function shortLinkOf(url: URL): string | null {
  if (!isPlainUrl(url) || url.hostname.replace(/\.$/, '') !== 'xhslink.com') return null;
  const path = normalizePercent(url.pathname).replace(/(?<=.)\/$/, '');
  return shortPath.test(path) ? `https://xhslink.com${path}` : null;
}

function tokenIn(query: URLSearchParams): ShareToken | null {
  const token = query.get('xsec_token')?.replaceAll(' ', '+') ?? '';
  const source = query.get('xsec_source') ?? '';
  if (!/^[\w+/=-]{8,200}$/.test(token)) return null;
  return { xsec_token: token, xsec_source: /^\w{1,40}$/.test(source) ? source : 'pc_feed' };
}
