import { numberId, placeOf } from '../hosts.ts';

/** Digits of a user's number. */
const maxDigits = 16;
/** The tabs of a user's page; what else is below it (collections, lists of favourites) are things of their own. */
const tabs = '(?:dynamic|video|upload(?:/[a-z]+)?|article|opus|audio|album|pugv|bangumi|home|search/video)';
const userPath = new RegExp(`^/(?:h5/)?(\\d{1,20})(?:/${tabs})?$`);
const mobilePath = /^\/space\/(\d{1,20})$/;

/** The user whose page an address shows; null for everything else. */
export function userOf(url: URL): string | null {
  const { on, path } = placeOf(url);
  const pattern = on === 'space.bilibili.com' ? userPath : on === 'site' ? mobilePath : null;
  return numberId(pattern?.exec(path)?.[1], maxDigits);
}

/** The one address of a user. */
export function userUrl(id: string): string {
  return `https://space.bilibili.com/${id}`;
}
