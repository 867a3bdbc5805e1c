import { cleanCount } from '../clean/counts.ts';
import { httpsUrl } from '../clean/http-url.ts';
import { isHostOf } from '../url/hosts.ts';
import type { PostMedia } from './post.ts';

/** A film in one of its qualities, in whichever words. */
export interface Film {
  url: unknown;
  bitrate?: unknown;
}

/** An address of X's own file hosts; null for any other, because a mirror may speak of X's files only. */
export function fileUrl(value: unknown): string | null {
  const url = httpsUrl(value, 'https://pbs.twimg.com/');
  return url !== null && isHostOf(new URL(url).hostname, ['twimg.com']) ? url : null;
}

/** A picture in its original size, whichever size was named: `?name=small`, `.jpg:large`. */
export function pictureUrl(value: unknown): string | null {
  const found = fileUrl(value);
  if (found === null) return null;
  const url = new URL(found);
  if (!url.pathname.startsWith('/media/')) return found;
  url.pathname = url.pathname.replace(/:[a-z]+$/, '');
  url.searchParams.set('name', 'orig');
  return url.href;
}

/** A picture of a post; none when the address is not X's, or is that of a film. */
export function picture(url: unknown, width?: unknown, height?: unknown): PostMedia[] {
  const found = pictureUrl(url);
  return found === null || isFilm(found) ? [] : [{ kind: 'image', url: found, poster: null, ...size(width, height) }];
}

/** The best MP4 of a film that every player can show; none when there is none. */
export function film(films: readonly Film[], poster: unknown, width?: unknown, height?: unknown): PostMedia[] {
  const usable = films.flatMap(({ url, bitrate }) => {
    const found = fileUrl(url);
    return found !== null && /\.mp4$/i.test(new URL(found).pathname) && !found.includes('/hevc/')
      ? [{ url: found, bitrate: cleanCount(bitrate) ?? -1 }]
      : [];
  });
  const [best] = usable.sort((a, b) => b.bitrate - a.bitrate);
  if (!best) return [];
  const cover = pictureUrl(poster);
  return [
    {
      kind: 'video',
      url: best.url,
      poster: cover === null || isFilm(cover) ? null : cover,
      ...size(width, height),
    },
  ];
}

/** Pixels that make sense; nothing else. */
function size(width: unknown, height: unknown): { width?: number; height?: number } {
  const [w, h] = [cleanCount(width), cleanCount(height)];
  return w === null || h === null || w === 0 || h === 0 ? {} : { width: w, height: h };
}

function isFilm(url: string): boolean {
  return /\.(?:mp4|m3u8|webm|mov)$/i.test(new URL(url).pathname);
}
