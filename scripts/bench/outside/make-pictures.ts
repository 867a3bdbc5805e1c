import { readdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { inParallel } from '../measure.ts';

/** Pixels. */
export interface PictureSize {
  width: number;
  height: number;
}

/** As a phone's picture that a site shows large. */
const large: PictureSize = { width: 1_600, height: 1_200 };
const edges: PictureSize = { width: 160, height: 120 };
/** A picture that only starts what must be running before the clock does. */
const tiny = { width: 64, height: 48 };

/**
 * Different pictures, JPEG: windows into larger ones, so that no two are the same and each costs about the same.
 * @param folder Of pictures to cut them from; without it, noise of several grains on a gradient.
 * @throws Error when the folder has no picture
 */
export async function makePictures(
  count: number,
  folder: string | undefined,
  size: PictureSize = large,
): Promise<Buffer[]> {
  // The windows are moved within these edges.
  const whole = { width: size.width + edges.width, height: size.height + edges.height };
  const bases = folder === undefined ? await ownBases(whole) : await basesIn(folder, whole);
  const pictures: Buffer[] = [];
  await inParallel(count, availableParallelism(), async (index) => {
    const base = bases[index % bases.length];
    const turn = Math.floor(index / bases.length);
    pictures[index] = await sharp(base)
      .extract({
        left: (turn * 7) % edges.width,
        top: Math.floor((turn * 7) / edges.width) % edges.height,
        ...size,
      })
      .jpeg({ quality: 85 })
      .toBuffer();
  });
  return pictures;
}

/** Small ones, which share no bytes with the others. */
export async function tinyPictures(count: number): Promise<Buffer[]> {
  return Promise.all(
    Array.from({ length: count }, (_, n) =>
      sharp({ create: { ...tiny, channels: 3, background: { r: n % 256, g: 90, b: 160 } } })
        .jpeg()
        .toBuffer(),
    ),
  );
}

async function ownBases(larger: PictureSize): Promise<Buffer[]> {
  return Promise.all(
    [1.2, 2.5, 5, 9].map(async (grain) => {
      const noise = await sharp({
        create: { ...larger, channels: 3, background: '#888', noise: { type: 'gaussian', mean: 128, sigma: 60 } },
      })
        .blur(grain)
        .png()
        .toBuffer();
      const shade = Buffer.from(
        `<svg xmlns="http://www.w3.org/2000/svg" width="${larger.width}" height="${larger.height}"><defs><linearGradient id="g" x2="1" y2="1">
        <stop stop-color="#124"/><stop offset="1" stop-color="#fc8"/></linearGradient></defs><rect width="100%" height="100%" fill="url(#g)"/></svg>`,
      );
      return sharp(noise)
        .composite([{ input: shade, blend: 'soft-light' }])
        .png()
        .toBuffer();
    }),
  );
}

async function basesIn(folder: string, larger: PictureSize): Promise<Buffer[]> {
  const names = (await readdir(folder)).filter((name) => /\.(?:jpe?g|png|webp|tiff?)$/i.test(name)).sort();
  const bases = await Promise.all(
    names.map((name) =>
      sharp(join(folder, name))
        .autoOrient()
        .resize({ ...larger, fit: 'cover' })
        .toColourspace('srgb')
        .png()
        .toBuffer()
        // A collection may hold what nobody can read.
        .catch(() => null),
    ),
  );
  const sound = bases.filter((base) => base !== null);
  if (sound.length === 0) throw new Error(`--pictures: there is no picture in ${folder}`);
  return sound;
}
