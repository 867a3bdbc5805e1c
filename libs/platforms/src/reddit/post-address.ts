import { isHostOf } from '../url/hosts.ts';
import { isPlainUrl } from '../url/plain.ts';
import { normalizePercent } from '../url/percent.ts';

/** Everything that is Reddit's and can name a post: each with its subdomains. */
export const redditHosts = ['reddit.com', 'redd.it'] as const;

/** Names below redd.it that hold files. */
const files = /^(?:i|preview|external-preview|a|b)\.redd\.it$/;
/** Names below reddit.com that are other things. */
const others = /^(?:about|ads|support|mods|careers|business|developers|oauth|gateway|investor)\./;
const idForm = '([0-9a-z]{1,12})';
/** With or without the subreddit, the user and the title; a comment’s id may follow. */
const postPath = new RegExp(
  String.raw`^(?:/(?:r|u|user)/[\w.-]{1,50})?/(?:comments|gallery|tb)/${idForm}(?=$|/|\.json$)`,
  'i',
);
/** What Reddit's apps share. */
const sharePath = /^\/(r|u|user)\/([\w-]{1,50})\/s\/([A-Za-z0-9]{6,20})$/i;
const filmPath = /^\/video\/([0-9a-z]{6,20})$/i;

/** The id of the post that an address shows, itself or one of its comments; null for everything else. */
export function postIdOf(url: URL): string | null {
  return idIn(url, 2);
}

/** The one address of a post. Neither its subreddit nor its title is part of it. */
export function postUrl(id: string): string {
  return `https://www.reddit.com/comments/${id}`;
}

/** The one spelling of a link that only leads to a post: of a share, or of a post's film; null for other addresses. */
export function shortLinkOf(url: URL): string | null {
  const place = placeOf(url);
  if (place === null) return null;
  const { host, path } = place;
  const film = (host === 'v.redd.it' ? /^\/([0-9a-z]{6,20})$/i : filmPath).exec(path)?.[1];
  // Where v.redd.it leads to first.
  if (film !== undefined) return `https://www.reddit.com/video/${film.toLowerCase()}`;
  if (host.endsWith('redd.it')) return null;
  const [, kind = '', name = '', code] = sharePath.exec(path) ?? [];
  const letter = kind.toLowerCase() === 'r' ? 'r' : 'u';
  return code === undefined ? null : `https://www.reddit.com/${letter}/${name.toLowerCase()}/s/${code}`;
}

/** @param doors Pages that may still stand around the address: whether one is of age, the login. */
function idIn(url: URL, doors: number): string | null {
  const place = placeOf(url);
  if (place === null) return null;
  const { host, path } = place;
  if (host === 'redd.it' || host === 'www.redd.it')
    return new RegExp(`^/${idForm}$`, 'i').exec(path)?.[1]?.toLowerCase() ?? null;
  if (host.endsWith('redd.it')) return null;
  if (/^\/(?:over18|login)$/i.test(path) && doors > 0) {
    const wanted = URL.parse(url.searchParams.get('dest') ?? '', 'https://www.reddit.com/');
    return wanted && idIn(wanted, doors - 1);
  }
  return postPath.exec(path)?.[1]?.toLowerCase() ?? null;
}

function placeOf(url: URL): { host: string; path: string } | null {
  const host = url.hostname.replace(/\.$/, '');
  if (!isPlainUrl(url) || !isHostOf(host, redditHosts) || files.test(host) || others.test(host)) return null;
  return {
    host,
    path: normalizePercent(url.pathname)
      .replace(/\/{2,}/g, '/')
      .replace(/(?<=.)\/$/, ''),
  };
}
