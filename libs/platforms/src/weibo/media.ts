import type { ParsedMedia } from '@vaultstream/contracts';
import { fileUrl, memberAt, sizeOf } from '../clean/content-fields.ts';
import { cleanCount } from '../clean/counts.ts';
import { itemsOf, membersOf } from '../clean/json.ts';

type Data = Readonly<Record<string, unknown>>;

/** Copies of a picture, the best first. `largest` may be as small as `mw2000`; `original` is the file itself, where it is given. */
const copies = ['largest', 'original', 'mw2000', 'large', 'mw1024', 'bmiddle', 'thumbnail'] as const;
/** Films under one name each, the best first, where there is no list of qualities. */
const films = [
  ...['mp4_2160p_mp4', 'mp4_1440p_mp4', 'mp4_1080p_mp4', 'mp4_720p_mp4', 'mp4_hd_mp4', 'mp4_hd_url'],
  ...['stream_url_hd', 'mp4_ld_mp4', 'mp4_sd_url', 'stream_url'],
] as const;

/** Everything that a status shows by itself, in its order: pictures, moving pictures, films with the picture that stands for them. */
export function mediaOf(data: Data): ParsedMedia[] {
  const mixed = itemsOf(memberAt(data['mix_media_info'], 'items'));
  if (mixed.length > 0) return mixed.flatMap(mixedMedium);
  const infos = membersOf(data['pic_infos']);
  const listed = itemsOf(data['pic_ids']).map((id) =>
    typeof id === 'string' && Object.hasOwn(infos, id) ? infos[id] : null,
  );
  const pictures = listed.some((info) => info !== null) ? listed : mobilePictures(data['pics']);
  return [...pictures.flatMap(pictureOf), ...filmOf(data['page_info'])];
}

/** The mobile site's list is at times an object with numbers for keys. */
function mobilePictures(pics: unknown): readonly unknown[] {
  return Array.isArray(pics) ? itemsOf(pics) : Object.values(membersOf(pics));
}

function mixedMedium(item: unknown): ParsedMedia[] {
  const { type, data } = membersOf(item);
  return type === 'video' ? filmOf(data) : pictureOf(data);
}

/** A picture and, where it moves, its film. The mobile site calls a film in the midst of pictures a picture too. */
function pictureOf(info: unknown): ParsedMedia[] {
  const { type, video, videoSrc, url, ...rest } = membersOf(info);
  const best = copies.map((name) => membersOf(rest[name])).find((copy) => fileUrl(copy['url']) !== null);
  const found = fileUrl(best?.['url'] ?? url);
  const { width, height } = { ...membersOf(best?.['geo']), ...best };
  const still: ParsedMedia[] =
    found === null || isFilm(found) ? [] : [{ kind: 'image', role: 'content', url: found, ...sizeOf(width, height) }];
  const moves = type === 'livephoto' || type === 'video';
  return moves ? [...still, ...film(fileOf(videoSrc ?? video))] : still;
}

/** A live photo's film stands inside the address of a player. */
function fileOf(value: unknown): unknown {
  const url = typeof value === 'string' ? URL.parse(value) : null;
  return url?.searchParams.get('livephoto') ?? value;
}

/** The film of a card, with its picture before it; nothing of a card of another kind, such as an article or a place. */
function filmOf(card: unknown): ParsedMedia[] {
  const { media_info, page_pic, pic_info, urls, object_type, type } = membersOf(card);
  const info = membersOf(media_info);
  const best = bestOf(info) ?? {
    url: films.map((name) => membersOf(urls)[name] ?? info[name]).find((url) => fileUrl(url) !== null),
  };
  const found = film(best.url, best.width, best.height);
  if (found.length === 0 && object_type !== 'video' && type !== 'video') return [];
  const poster = fileUrl(memberAt(pic_info, 'pic_big', 'url') ?? membersOf(page_pic)['url'] ?? page_pic);
  return [
    ...(poster === null || isFilm(poster) ? [] : [{ kind: 'image' as const, role: 'cover' as const, url: poster }]),
    ...found,
  ];
}

interface Quality {
  url: unknown;
  width?: unknown;
  height?: unknown;
}

function bestOf(info: Data): Quality | null {
  const qualities = itemsOf(info['playback_list']).flatMap((item) => {
    const { meta, play_info } = membersOf(item);
    const { url, width, height, bitrate } = membersOf(play_info);
    const rank = cleanCount(membersOf(meta)['quality_index']) ?? 0;
    return fileUrl(url) === null ? [] : [{ url, width, height, rank, bitrate: cleanCount(bitrate) ?? 0 }];
  });
  return qualities.sort((a, b) => b.rank - a.rank || b.bitrate - a.bitrate)[0] ?? null;
}

function film(url: unknown, width?: unknown, height?: unknown): ParsedMedia[] {
  const found = fileUrl(url);
  return found === null ? [] : [{ kind: 'video', role: 'content', url: found, ...sizeOf(width, height) }];
}

function isFilm(url: string): boolean {
  return /\.(?:mp4|m3u8|webm|mov)$/i.test(new URL(url).pathname);
}
