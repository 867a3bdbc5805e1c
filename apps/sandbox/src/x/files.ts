import { picture } from '../pictures/gallery.ts';
import { html, type Answer } from '../server/service.ts';
import type { Account, FakePost } from './posts.ts';

/** Where the files of a post are, as X names them. */
export const pictureFile = (name: string): string => `https://pbs.twimg.com/media/${name}.jpg`;
export const portrait = ({ id }: Account): string => `https://pbs.twimg.com/profile_images/${id}/face${id}_normal.jpg`;
export const poster = ({ film, gif }: FakePost): string =>
  film === undefined
    ? `https://pbs.twimg.com/tweet_video_thumb/${gif}.jpg`
    : `https://pbs.twimg.com/ext_tw_video_thumb/1/pu/img/${film}.jpg`;
export const filmFile = ({ film, gif }: FakePost, quality: 'low' | 'high'): string =>
  film === undefined
    ? `https://video.twimg.com/tweet_video/${gif}.mp4`
    : `https://video.twimg.com/ext_tw_video/1/pu/vid/${quality}/${film}.mp4?tag=12`;
export const playlist = ({ film }: FakePost): string =>
  `https://video.twimg.com/ext_tw_video/1/pu/pl/${film}.m3u8?tag=12`;

/** Pixels, by the name of a picture. */
export function sizeOf(name: string): { width: number; height: number } {
  const [, width, height] = /-(\d+)x(\d+)$/.exec(name) ?? [];
  return { width: Number(width), height: Number(height) };
}

/** `pbs.twimg.com`: pictures by their names, portraits in every size. `video.twimg.com`: the beginning of an MP4. */
export function file(host: string, path: string): Answer {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (host === 'video.twimg.com') return { status: 200, headers: { 'content-type': 'video/mp4' }, body: ftyp };
  const sized = name.replace(/_normal\.jpg$/, '-48x48.jpg').replace(/_(\d+x\d+\.jpg)$/, '-$1');
  return picture(sized) ?? html('', 404);
}

const ftyp = Buffer.from('000000186674797069736f6d0000020069736f6d69736f32', 'hex');
