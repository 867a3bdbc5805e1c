import type { ParsedMedia } from '@vaultstream/contracts';
import { sizeOf } from '../clean/content-fields.ts';
import { httpsUrl } from '../clean/http-url.ts';
import { itemsOf, membersOf } from '../clean/json.ts';
import { isHostOf } from '../url/hosts.ts';

/** Sizes that YouTube keeps of a picture, the largest first. Only the last three exist for each video. */
const names = ['maxresdefault', 'sddefault', 'hq720', 'hqdefault', 'mqdefault', 'default'];
const file = new RegExp(String.raw`^/vi(?:_webp)?/[\w-]{11}/(${names.join('|')})(?:_live)?\.(?:jpg|webp)$`);

/** The largest of the pictures that YouTube lists; where it lists none, the one that each video has. Pictures of YouTube's own hosts only. */
export function coverOf(id: string, ...lists: readonly unknown[]): ParsedMedia[] {
  const found = lists.flatMap((list) => itemsOf(list).slice(0, 50).flatMap(pictureOf));
  const [best] = found.sort((a, b) => (b.width ?? 0) - (a.width ?? 0) || a.rank - b.rank);
  if (!best) return [{ kind: 'image', role: 'cover', url: `https://i.ytimg.com/vi/${id}/hqdefault.jpg` }];
  const { rank: _rank, ...media } = best;
  return [media];
}

function pictureOf(value: unknown): (ParsedMedia & { rank: number })[] {
  const { url, width, height } = membersOf(value);
  const found = httpsUrl(url, 'https://i.ytimg.com/');
  if (found === null || !isHostOf(new URL(found).hostname, ['ytimg.com', 'googleusercontent.com', 'ggpht.com']))
    return [];
  const { origin, pathname } = new URL(found);
  const name = file.exec(pathname)?.[1];
  // What follows the name cuts the picture for one place of the site, and is signed for some time.
  const plain = name === undefined ? found : `${origin}${pathname}`;
  const rank = name === undefined ? names.length : names.indexOf(name);
  return [{ kind: 'image', role: 'cover', url: plain, ...sizeOf(width, height), rank }];
}
