import sharp, { type SharpInput } from 'sharp';
import { limits, toRefusal } from './encode.ts';
import type { ConvertedImage } from './protocol.ts';

/** What Telegram takes as a photo (core.telegram.org/bots/api#sendphoto), and 5 MB, its limit for photos by URL. */
const photo = { edges: 10_000, ratio: 20, bytes: 5_000_000 };
/** Tried one after the other until the file is small enough; then again at half the size. */
const qualities = [85, 72, 58, 44];

/**
 * Makes the rendition `photo.v1`: the first frame as JPEG on white, within the limits of a photo. A strip that is too long for its width
 * gets white beside it.
 * @throws Refusal for anything that is not a sound picture of a kind that we decode.
 */
export async function encodePhoto(bytes: SharpInput): Promise<ConvertedImage> {
  try {
    const options = { failOn: 'warning', limitInputPixels: limits.pixels, pages: 1, autoOrient: true } as const;
    const { autoOrient } = await sharp(bytes, options).metadata();
    for (let halvings = 0; ; halvings++) {
      const box = photoBox(autoOrient.width, autoOrient.height, 0.5 ** halvings);
      const { data: raw, info } = await sharp(bytes, options)
        .timeout({ seconds: limits.seconds })
        .flatten({ background: 'white' })
        .resize({ ...box, fit: 'contain', background: 'white' })
        .toColourspace('srgb')
        .raw()
        .toBuffer({ resolveWithObject: true });
      const { width, height, channels } = info;
      for (const quality of qualities) {
        const jpeg = await sharp(raw, { raw: { width, height, channels } }).jpeg({ quality }).toBuffer();
        if (jpeg.length <= photo.bytes) return { bytes: jpeg, width, height };
      }
    }
  } catch (error) {
    throw toRefusal(error);
  }
}

/** The pixels that a picture gets at most: scaled down to the sum of the edges, and the short edge padded to the ratio. */
export function photoBox(width: number, height: number, scale = 1): { width: number; height: number } {
  const long = Math.max(width, height);
  const short = Math.max(Math.min(width, height), long / photo.ratio);
  // Two pixels less leave room for rounding both edges up.
  const factor = Math.min(1, (photo.edges - 2) / (long + short)) * scale;
  const longEdge = Math.max(1, Math.floor(long * factor));
  const shortEdge = Math.min(longEdge, Math.max(Math.ceil(longEdge / photo.ratio), Math.floor(short * factor)));
  return width >= height ? { width: longEdge, height: shortEdge } : { width: shortEdge, height: longEdge };
}
