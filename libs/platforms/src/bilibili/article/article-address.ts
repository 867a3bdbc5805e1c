import { numberId, placeOf } from '../hosts.ts';

/** Digits of an article's number. */
const maxDigits = 12;
const readPath = /^\/read\/(?:(?:mobile|app|native)\/)?(?:cv)?(\d{1,20})$/i;
/** Pages of the apps, which name the article in their query. */
const queryPath = /^\/read\/(?:mobile|app|native)$/;
const shortPath = /^\/cv(\d{1,20})$/i;

/** The number of the article that an address shows; null for everything else. */
export function articleOf(url: URL): string | null {
  const { on, path, query } = placeOf(url);
  if (on === 'short') return numberId(shortPath.exec(path)?.[1], maxDigits);
  if (on !== 'site') return null;
  const named = queryPath.test(path) ? query.get('id')?.replace(/^cv/i, '') : readPath.exec(path)?.[1];
  return numberId(named, maxDigits);
}

/** The one address of an article. */
export function articleUrl(id: string): string {
  return `https://www.bilibili.com/read/cv${id}`;
}
