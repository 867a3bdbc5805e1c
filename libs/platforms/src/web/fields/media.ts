import { httpUrl } from '../../clean/http-url.ts';
import { field, isNode } from '../json-ld.ts';
import type { PageMedia } from '../page.ts';
import { pictureUrl, pixels } from '../pictures.ts';
import type { Facts } from './facts.ts';

const videoFile = /\.(?:mp4|m4v|webm|mov|ogv)$/i;
const soundFile = /\.(?:mp3|m4a|aac|ogg|oga|opus|wav|flac)$/i;

/** The picture that the page declares for being shared. */
export function coverOf({ metas, ld, base }: Facts): PageMedia | null {
  const size = { width: pixels(metas.first('og:image:width')), height: pixels(metas.first('og:image:height')) };
  for (const value of metas.all('og:image:secure_url', 'og:image', 'og:image:url')) {
    const url = pictureUrl(value, base);
    if (url !== null) return { url, ...sized(size) };
  }
  for (const value of metas.all(
    'twitter:image',
    'twitter:image:src',
    'parsely:image-url',
    'parsely-image-url',
    'sailthru:image:full',
    'itemprop:image',
    'thumbnail',
  )) {
    const url = pictureUrl(value, base);
    if (url !== null) return { url };
  }
  for (const value of [...ld.values(ld.main, 'image'), ...ld.values(ld.main, 'thumbnailUrl')]) {
    const url = pictureUrl(isNode(value) ? (field(value, 'url') ?? field(value, 'contentUrl')) : value, base);
    if (url !== null)
      return {
        url,
        ...(isNode(value)
          ? sized({ width: pixels(field(value, 'width')), height: pixels(field(value, 'height')) })
          : {}),
      };
  }
  return null;
}

/** Video files (not players) that the page declares. */
export function videosOf({ metas, ld, base }: Facts): PageMedia[] {
  const declared = metas.all('og:video:secure_url', 'og:video:url', 'og:video', 'twitter:player:stream');
  const type = metas.first('og:video:type') ?? '';
  const size = sized({ width: pixels(metas.first('og:video:width')), height: pixels(metas.first('og:video:height')) });
  const found = files(
    [...declared, ...ld.values(ld.find(/^VideoObject$/), 'contentUrl')],
    base,
    videoFile,
    type.startsWith('video/') ? declared : [],
  );
  return found.map((url) => ({ url, ...size }));
}

/** Sound files that the page declares. */
export function soundsOf({ metas, ld, base }: Facts): PageMedia[] {
  const declared = metas.all('og:audio:secure_url', 'og:audio:url', 'og:audio');
  const type = metas.first('og:audio:type') ?? '';
  const associated = ld
    .values(ld.main, 'associatedMedia')
    .filter(isNode)
    .map((node) => field(node, 'contentUrl'));
  const found = files(
    [...declared, ...ld.values(ld.find(/^AudioObject$/), 'contentUrl'), ...associated],
    base,
    soundFile,
    type.startsWith('audio/') ? declared : [],
  );
  return found.map((url) => ({ url }));
}

/** The first of the addresses that name a file of this kind by their ending, or are `trusted` by their declared type. */
function files(values: readonly unknown[], base: string, ending: RegExp, trusted: readonly string[]): string[] {
  const urls = values
    .filter((value) => typeof value === 'string')
    .map((value) => ({ value, url: httpUrl(value, base) }))
    .flatMap(({ value, url }) =>
      url !== null && (trusted.includes(value) || ending.test(new URL(url).pathname)) ? [url] : [],
    );
  return [...new Set(urls)].slice(0, 1);
}

function sized(size: { width: number | undefined; height: number | undefined }): { width?: number; height?: number } {
  return size.width === undefined || size.height === undefined ? {} : { width: size.width, height: size.height };
}
