import { isHostOf } from '../url/hosts.ts';
import { normalizePercent } from '../url/percent.ts';

/** X itself. Other names below these two are other things: help, ads, developer, business. */
const sites = new Set(
  ['x.com', 'twitter.com'].flatMap((site) => ['', 'www.', 'mobile.', 'm.'].map((sub) => sub + site)),
);

/**
 * Hosts that show the same posts at the same paths, each with its subdomains (`d.`, `g.`, `api.`, a language): FxTwitter
 * (https://github.com/FxEmbed/FxEmbed, `.env.example`), vxTwitter (https://github.com/dylanpdx/BetterTwitFix), and instances of Nitter
 * that people still share. By name only: anybody may call a host nitter.
 */
export const mirrors = [
  ...['fxtwitter.com', 'fixupx.com', 'twittpr.com', 'xfixup.com'],
  ...['vxtwitter.com', 'fixvx.com'],
  ...[
    'nitter.net',
    'xcancel.com',
    'nitter.poast.org',
    'nitter.privacydev.net',
    'nitter.tiekoetter.com',
    'nitter.space',
  ],
  ...['nitter.privacyredirect.com', 'lightbrd.com', 'nitter.kareem.one', 'nuku.trabun.org'],
];

/** The frame in which pages of others show a post. */
const frames = new Set(['platform.twitter.com', 'platform.x.com']);

/** Ids count up from 1 and fit into 63 bits. */
const idForm = String.raw`([1-9]\d{0,18})`;
/** What follows an id picks a picture or a language, or was copied along with it. */
const tail = String.raw`(?:\W.*)?$`;
/** `/<user>/status/<id>`, `/i/web/status/<id>`, `/statuses/<id>`, and FxTwitter's `/dl/...` and `/2/status/<id>`. */
const statusPath = new RegExp(String.raw`^(?:/(?:dir|dl|2))?(?:/i/web|/\w{1,50})?/status(?:es)?/${idForm}${tail}`, 'i');
/** A long article belongs to a post; `/i/article/<id>` has a number of its own. */
const articlePath = new RegExp(String.raw`^/(?!i/)\w{1,50}/article/${idForm}${tail}`, 'i');
const largest = 2n ** 63n - 1n;

/** The id of the post that an address shows; null for everything else. */
export function statusIdOf(url: URL): string | null {
  const host = url.hostname.replace(/\.$/, '');
  const path = normalizePercent(url.pathname).replace(/\/{2,}/g, '/');
  if (frames.has(host))
    return path.toLowerCase() === '/embed/tweet.html' ? plausible(url.searchParams.get('id')) : null;
  if (!sites.has(host) && !isHostOf(host, mirrors)) return null;
  // How twitter.com wrote addresses from 2010 to 2012.
  const route = path === '/' && url.hash.startsWith('#!') ? normalizePercent(url.hash.slice(2)) : path;
  return plausible((statusPath.exec(route) ?? articlePath.exec(route))?.[1] ?? null);
}

/** The one address of a post. The handle of its author, who may change it, is not part of it. */
export function statusUrl(id: string): string {
  return `https://x.com/i/status/${id}`;
}

/** The moment that an id was given out; null for those from before November 2010, which only counted. */
export function timeOfId(id: string): Date | null {
  const number = BigInt(id);
  // Twitter's snowflake: milliseconds since 2010-11-04T01:42:54.657Z above 22 bits of machine and sequence.
  return number < 2n ** 35n ? null : new Date(Number(number >> 22n) + 1_288_834_974_657);
}

function plausible(id: string | null): string | null {
  return id !== null && /^[1-9]\d{0,18}$/.test(id) && BigInt(id) <= largest ? id : null;
}
