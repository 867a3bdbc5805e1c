import { normalizePercent } from '../url/percent.ts';
import { isPlainUrl } from '../url/plain.ts';

/** What can be read. */
export const kinds = ['answer', 'article', 'question', 'pin'] as const;
export type Kind = (typeof kinds)[number];

/** One thing of Zhihu: numbers are unique within their kind only. */
export interface Thing {
  kind: Kind;
  id: string;
}

/** Zhihu's own sites and a mirror that keeps their paths. */
const siteNames = new Set([
  'zhihu.com',
  'www.zhihu.com',
  'm.zhihu.com',
  'fxzhihu.com',
  'www.fxzhihu.com',
  'oia.zhihu.com',
]);
const columnNames = new Set(['zhuanlan.zhihu.com', 'zhuanlan.fxzhihu.com']);

/** By path: pages of the site, of the app, of other firms' apps (tardis), and the addresses of the API. */
const sitePaths: readonly [RegExp, Kind][] = [
  [/^\/(?:question\/\d+\/)?(?:answer|answers)\/(\d+)$/, 'answer'],
  [/^\/(?:aria\/question\/\d+|appview|oia)\/(?:v2\/)?answers?\/(\d+)$/, 'answer'],
  [/^\/tardis\/\w+\/ans\/(\d+)$/, 'answer'],
  [/^\/api\/v4\/answers\/(\d+)$/, 'answer'],
  [/^\/(?:appview\/(?:v2\/)?)?p\/(\d+)$/, 'article'],
  [/^\/(?:oia\/)?articles?\/(\d+)$/, 'article'],
  [/^\/tardis\/\w+\/art\/(\d+)$/, 'article'],
  [/^\/api\/v4\/articles\/(\d+)$/, 'article'],
  [/^\/(?:aria\/|oia\/|appview\/)?questions?\/(\d+)(?:\/answers\/(?:created|updated))?$/, 'question'],
  [/^\/tardis\/\w+\/qus\/(\d+)$/, 'question'],
  [/^\/api\/v4\/questions\/(\d+)$/, 'question'],
  [/^\/(?:appview\/|oia\/)?pins?\/(\d+)$/, 'pin'],
  [/^\/api\/v4\/pins\/(\d+)$/, 'pin'],
];
const columnPaths: readonly [RegExp, Kind][] = [
  [/^\/p\/(\d+)$/, 'article'],
  [/^\/api\/(?:articles|posts)\/(\d+)$/, 'article'],
];
/** Longest id: a pin has 19 digits. */
const maxDigits = 19;

/** The one address of each. That of an answer names no question: a share may not know it, and answers can be moved. */
export function addressOf({ kind, id }: Thing): string {
  return kind === 'article' ? `https://zhuanlan.zhihu.com/p/${id}` : `https://www.zhihu.com/${kind}/${id}`;
}

/** What an address shows; null for everything else. A link out of Zhihu that leads back to it is what it leads to. */
export function thingOf(url: URL): Thing | null {
  return thingIn(url, 2);
}

/** The same for an address that shows it by itself: no link out, no login before it. */
export function thingShown(url: URL): Thing | null {
  return thingIn(url, 0);
}

/** @param wraps Addresses around the address that may still be taken off. */
function thingIn(url: URL, wraps: number): Thing | null {
  if (!isPlainUrl(url)) return null;
  const host = url.hostname.replace(/\.$/, '');
  const path = normalizePercent(url.pathname)
    .replace(/\/{2,}/g, '/')
    .replace(/(?<=.)\/$/, '');
  const paths = siteNames.has(host) ? sitePaths : columnNames.has(host) ? columnPaths : [];
  for (const [pattern, kind] of paths) {
    const id = numberId(pattern.exec(path)?.[1]);
    if (id !== null) return { kind, id };
  }
  const wrapped = wraps > 0 ? wrappedIn(url, host, path) : null;
  return wrapped && thingIn(wrapped, wraps - 1);
}

/** The address inside a link out of Zhihu, or behind the page of its login. */
function wrappedIn({ searchParams: query, href }: URL, host: string, path: string): URL | null {
  if (host === 'link.zhihu.com') return outgoing(href);
  return siteNames.has(host) && path === '/signin' ? URL.parse(query.get('next') ?? '', href) : null;
}

/** The address that `https://link.zhihu.com/?target=...` leads to, which is at times encoded twice; null for any other link. */
export function outgoing(href: string): URL | null {
  const url = URL.parse(href);
  if (url?.hostname !== 'link.zhihu.com') return null;
  const target = url.searchParams.get('target') ?? '';
  const found = URL.parse(target) ?? URL.parse(decoded(target));
  return found && /^https?:$/.test(found.protocol) ? found : null;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Without zeros at its beginning; null for zero and for what is too long. */
function numberId(text: string | undefined): string | null {
  const digits = /^0*([1-9]\d*)$/.exec(text ?? '')?.[1];
  return digits === undefined || digits.length > maxDigits ? null : digits;
}
