import { isPlainUrl } from '../url/plain.ts';
import { normalizePercent } from '../url/percent.ts';

const sites = new Set(['youtube.com', 'www.youtube.com', 'm.youtube.com', 'music.youtube.com', 'gaming.youtube.com']);
const frames = new Set(['youtube-nocookie.com', 'www.youtube-nocookie.com']);
const shortSites = new Set(['youtu.be', 'www.youtu.be', 'y2u.be']);

/** Everything that is YouTube's: each with its subdomains. */
export const youtubeHosts = ['youtube.com', 'youtube-nocookie.com', 'youtu.be', 'y2u.be'] as const;

const idForm = /^[\w-]{11}$/;
/** `/shorts/<id>` and the like. */
const named = /^\/(?:watch|shorts|live|embed|v|e|vi)\/([\w-]{11})(?=$|[/&?])/;
/** Words of eleven letters that stand where an id could. */
const words = new Set(['videoseries', 'live_stream']);

/** The id of the video that an address shows; null for channels, lists, clips and everything else. */
export function videoIdOf(url: URL): string | null {
  return idIn(url, 2);
}

/** The one address of a video. Neither a place in it nor the list that it was found in is part of it. */
export function videoUrl(id: string): string {
  return `https://www.youtube.com/watch?v=${id}`;
}

/** The web address that a link for YouTube's app stands for: `vnd.youtube:<id>`; null for another text. */
export function fromAppLink(text: string): URL | null {
  const id = /^(?:vnd\.)?youtube:(?:\/\/)?(?:watch\?v=)?([\w-]{11})$/i.exec(text.trim())?.[1];
  return id === undefined ? null : new URL(videoUrl(id));
}

/** @param doors Pages that may still stand around the address: consent, login, attribution. */
function idIn(url: URL, doors: number): string | null {
  if (!isPlainUrl(url)) return null;
  const host = url.hostname.replace(/\.$/, '');
  const path = normalizePercent(url.pathname).replace(/\/{2,}/g, '/');
  if (shortSites.has(host)) return plausible(/^\/([\w-]{11})(?=$|[/&?])/.exec(path)?.[1]);
  if (host === 'consent.youtube.com') return behind(url, 'continue', doors);
  if (frames.has(host)) return plausible(named.exec(path)?.[1]);
  if (!sites.has(host)) return null;
  const page = path.replace(/(?<=.)\/$/, '');
  if (page === '/watch' || page === '/' || page === '/ytscreeningroom') return plausible(url.searchParams.get('v'));
  if (page === '/attribution_link') return behind(url, 'u', doors);
  if (page === '/oembed') return behind(url, 'url', doors);
  return plausible(named.exec(path)?.[1]);
}

function behind(url: URL, parameter: string, doors: number): string | null {
  const wanted = doors === 0 ? null : URL.parse(url.searchParams.get(parameter) ?? '', 'https://www.youtube.com/');
  return wanted && idIn(wanted, doors - 1);
}

function plausible(id: string | null | undefined): string | null {
  return id !== null && id !== undefined && idForm.test(id) && !words.has(id) ? id : null;
}
