import sharp, { type Metadata, type SharpInput, type SharpOptions } from 'sharp';
import type { ConvertedImage, RefusalReason } from './protocol.ts';

/** Limits of what is decoded and encoded. */
export const limits = {
  /** Pixels of a still picture, or of one frame. imgproxy's default. */
  pixels: 50e6,
  /** Frames, and pixels of all frames together, of what stays animated; beyond, the first frame is kept. */
  frames: 300,
  animatedPixels: 100e6,
  /** WebP has no longer edge. */
  edge: 16_383,
  /** Seconds of pixel processing by the clock. A busy machine makes a good picture slow: its CPU is bounded by who runs this child. */
  seconds: 60,
};

/** A picture that is not stored, and why. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly reason: RefusalReason;

  constructor(reason: RefusalReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

/**
 * Makes the WebP that is stored: orientation applied, sRGB, 8 bit, no metadata, no colour profile, not a byte of the original's.
 * The same bytes give the same WebP.
 * @throws Refusal for anything that is not a sound picture of a kind that we decode.
 */
export async function encode(bytes: SharpInput, quality: number): Promise<ConvertedImage> {
  try {
    const metadata = await sharp(bytes, { limitInputPixels: limits.pixels }).metadata();
    if (metadata.format === 'heif' && metadata.compression !== 'av1')
      throw new Refusal('unsupported', `HEIF with ${metadata.compression ?? 'unknown'} compression is not supported`);
    const { data, info } = await pipeline(bytes, metadata, quality).toBuffer({ resolveWithObject: true });
    return { bytes: data, width: info.width, height: info.pageHeight ?? info.height };
  } catch (error) {
    throw toRefusal(error);
  }
}

function pipeline(bytes: SharpInput, metadata: Metadata, quality: number) {
  const animated = staysAnimated(metadata);
  const options: SharpOptions = {
    failOn: 'warning',
    sequentialRead: true,
    limitInputPixels: animated ? limits.animatedPixels : limits.pixels,
    pages: animated ? -1 : 1,
    autoOrient: !animated,
  };
  const image = sharp(bytes, options).timeout({ seconds: limits.seconds });
  const { width, height } = metadata;
  if (Math.max(width, height) > limits.edge)
    image.resize({ width: limits.edge, height: limits.edge, fit: 'inside', withoutEnlargement: true });
  return image.toColourspace('srgb').webp({ quality });
}

/** libvips cannot rotate frames: the rare animation that bears an orientation becomes its first frame. */
function staysAnimated({ pages = 1, width, height, orientation = 1 }: Metadata): boolean {
  return pages > 1 && pages <= limits.frames && width * height * pages <= limits.animatedPixels && orientation === 1;
}

/** What libvips says of a kind of file that it does not know, or is not built or allowed to decode. */
const unsupported = /unsupported image format|no decoding plugin|not built with|operation is blocked/i;

/** Cut and flattened: libvips reports a line a defect, and repeats parts of the file. */
export function toRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const text = error instanceof Error ? error.message : String(error);
  const message = text
    .replace(/[^\x20-\x7e]+/g, ' ')
    .trim()
    .slice(0, 300);
  return new Refusal(unsupported.test(message) ? 'unsupported' : 'bad_payload', message);
}
