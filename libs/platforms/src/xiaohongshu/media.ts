import type { ParsedMedia } from '@vaultstream/contracts';
import { fileUrl, memberAt, sizeOf } from '../clean/content-fields.ts';
import { cleanCount } from '../clean/counts.ts';
import { itemsOf, membersOf } from '../clean/json.ts';
import { isHostOf } from '../url/hosts.ts';

/** Every player shows the first; the others are kept only where it is missing. */
const codecs = ['h264', 'h265', 'av1', 'h266'] as const;
/** `/<time>/<signature>/<key>!<style>`: a copy with a watermark, which expires. */
const copyPath = /^\/\d{8,14}\/[0-9a-f]{16,64}\/(?<key>[\w/-]{8,200})!/;

/** All pictures of a note in their order, each with its film where it moves; or the film, whose picture is the first one. */
export function mediaOf(note: Readonly<Record<string, unknown>>): ParsedMedia[] {
  const video = filmOf(
    memberAt(note['video'], 'media', 'stream'),
    memberAt(note['video'], 'consumer', 'originVideoKey'),
  );
  const pictures = itemsOf(note['imageList'] ?? note['image_list']).flatMap((item) =>
    pictureOf(item, video.length > 0),
  );
  return [...pictures, ...video];
}

/**
 * The file of a picture without its style. The signed address names the key of the file; that host gives it as it was uploaded, without
 * watermark and without an end (as XHS-Downloader and Danbooru do it). Another address stays as it is.
 */
export function pictureUrl(value: unknown): string | null {
  const found = fileUrl(value);
  if (found === null) return null;
  const { hostname, pathname } = new URL(found);
  const key = isHostOf(hostname, ['xhscdn.com']) ? copyPath.exec(pathname)?.groups?.['key'] : undefined;
  return key === undefined ? found : `https://sns-img-bd.xhscdn.com/${key}`;
}

function pictureOf(value: unknown, isPoster: boolean): ParsedMedia[] {
  const { urlDefault, url_default, url, urlPre, infoList, info_list, width, height, stream, livePhoto, live_photo } =
    membersOf(value);
  const scenes = itemsOf(infoList ?? info_list).map(membersOf);
  const best = scenes.find(({ imageScene, image_scene }) => /^(?:WB|CRD)_DFT/.test(String(imageScene ?? image_scene)));
  const candidates = [urlDefault, url_default, best?.['url'], url, urlPre, ...scenes.map((scene) => scene['url'])];
  const found = candidates.map(pictureUrl).find((candidate) => candidate !== null);
  if (found === undefined) return [];
  const role = isPoster ? 'cover' : 'content';
  const still: ParsedMedia = { kind: 'image', role, url: found, ...sizeOf(width, height) };
  return livePhoto === true || live_photo === true ? [still, ...filmOf(stream, null)] : [still];
}

/** The best quality of a film, else the file that was uploaded. */
function filmOf(stream: unknown, originKey: unknown): ParsedMedia[] {
  const streams = membersOf(stream);
  const qualities = codecs.flatMap((codec) => {
    const found = itemsOf(streams[codec]).flatMap((item) => {
      const { masterUrl, master_url, width, height, avgBitrate, avg_bitrate } = membersOf(item);
      const url = fileUrl(masterUrl ?? master_url);
      const size = sizeOf(width, height);
      const bitrate = cleanCount(avgBitrate ?? avg_bitrate) ?? 0;
      return url === null ? [] : [{ url, size, rank: (size.width ?? 0) * (size.height ?? 0), bitrate }];
    });
    return found.sort((a, b) => b.rank - a.rank || b.bitrate - a.bitrate).slice(0, 1);
  });
  const [best] = qualities;
  if (best) return [{ kind: 'video', role: 'content', url: best.url, ...best.size }];
  return typeof originKey === 'string' && /^[\w/.-]{8,200}$/.test(originKey)
    ? [{ kind: 'video', role: 'content', url: `https://sns-video-bd.xhscdn.com/${originKey}` }]
    : [];
}
