import { numberId, placeOf } from '../hosts.ts';

/** A series by its season, one episode of it, or the page about it. */
export interface BangumiAddress {
  kind: 'ss' | 'ep' | 'md';
  id: string;
}

const playPath = /^\/bangumi\/play\/(ss|ep)(\d{1,12})$/i;
const mediaPath = /^\/bangumi\/media\/(md)(\d{1,12})$/i;
const shortPath = /^\/(ss|ep|md)(\d{1,12})$/i;
/** The oldest form, whose number is the season's. */
const animePath = /^\/anime\/(\d{1,12})(?:\/play)?$/;

/** The season, episode or page that an address shows; null for everything else. */
export function bangumiOf(url: URL): BangumiAddress | null {
  const { on, path } = placeOf(url);
  if (on === 'bangumi.bilibili.com') return addressIn('ss', animePath.exec(path)?.[1]);
  const pattern = on === 'site' ? [playPath, mediaPath] : on === 'short' ? [shortPath] : [];
  const [, kind, id] = pattern.map((form) => form.exec(path)).find((found) => found !== null) ?? [];
  return addressIn(kind?.toLowerCase(), id);
}

/** The one address of a season, an episode or a page. */
export function bangumiUrl({ kind, id }: BangumiAddress): string {
  return `https://www.bilibili.com/bangumi/${kind === 'md' ? 'media' : 'play'}/${kind}${id}`;
}

function addressIn(kind: string | undefined, digits: string | undefined): BangumiAddress | null {
  const id = numberId(digits, 12);
  if (id === null) return null;
  return kind === 'ss' || kind === 'ep' || kind === 'md' ? { kind, id } : null;
}
