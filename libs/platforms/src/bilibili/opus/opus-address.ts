import { placeOf } from '../hosts.ts';

/** Posts have had 17 digits and more since there were any; shorter numbers, which came with `?type=`, are those of other things. */
const id = String.raw`(\d{15,20})`;
const sitePath = new RegExp(`^/(?:opus|dynamic|h5/dynamic/detail)/${id}$`);
const feedPath = new RegExp(`^/(?:h5/dynamic/detail/|opus/)?${id}$`);

/** The id of the post that an address shows; null for everything else. */
export function opusOf(url: URL): string | null {
  const { on, path } = placeOf(url);
  if (on === 'site') return sitePath.exec(path)?.[1] ?? null;
  return on === 't.bilibili.com' ? (feedPath.exec(path)?.[1] ?? null) : null;
}

/** The one address of a post: `t.bilibili.com/<id>` is the same, and each leads to the other where it knows better. */
export function opusUrl(postId: string): string {
  return `https://www.bilibili.com/opus/${postId}`;
}
