import { crc32, deflateSync } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';

/** Pictures made on the spot, for specs. */

/** A photo-like picture: a smooth gradient with an edge, so that damage and rotation show. */
export function photo(width = 64, height = 48, seed = 0): Sharp {
  const pixels = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 3;
      pixels[at] = (255 * x) / width;
      pixels[at + 1] = (255 * y) / height;
      pixels[at + 2] = x + y < seed % (width + height) ? 255 : 0;
    }
  return sharp(pixels, { raw: { width, height, channels: 3 } });
}

/** Left half red, right half blue: says where its left is. */
export function redLeft(): Sharp {
  const half = (background: string) => ({ create: { width: 40, height: 40, channels: 3 as const, background } });
  return sharp({ create: { width: 80, height: 40, channels: 3, background: 'red' } }).composite([
    { input: half('blue'), left: 40, top: 0 },
  ]);
}

/**
 * `redLeft` stored so that a viewer who obeys EXIF orientation `orientation` sees it upright.
 * Each entry is what was done to the upright picture: flips and a clockwise turn.
 */
export async function oriented(orientation: number): Promise<Buffer> {
  const upright = await redLeft().png().toBuffer();
  const undo: Record<number, (image: Sharp) => Sharp> = {
    1: (image) => image,
    2: (image) => image.flop(),
    3: (image) => image.rotate(180),
    4: (image) => image.flip(),
    5: (image) => image.rotate(90),
    6: (image) => image.rotate(270),
    7: (image) => image.rotate(270),
    8: (image) => image.rotate(90),
  };
  const turned = await (undo[orientation] ?? ((image) => image))(sharp(upright)).png().toBuffer();
  const mirrored = orientation === 5 || orientation === 7;
  const stored = await sharp(turned).flop(mirrored).png().toBuffer();
  return await sharp(stored).withMetadata({ orientation }).jpeg({ quality: 95 }).toBuffer();
}

/** A GIF of `frames` different frames. */
export async function animation(frames: number, width = 20, height = 20): Promise<Buffer> {
  const pixels = Buffer.alloc(width * height * frames * 3);
  for (let frame = 0; frame < frames; frame++)
    pixels.fill((frame * 97) % 256, frame * width * height * 3, (frame + 1) * width * height * 3);
  const raw = { width, height: height * frames, channels: 3 as const, pageHeight: height };
  return await sharp(pixels, { raw })
    .gif({ delay: Array.from({ length: frames }, () => 50), loop: 0 })
    .toBuffer();
}

/** The same PNG with a tEXt chunk behind its header (8 bytes of signature, 25 of IHDR). */
export function withPngText(png: Buffer, text: string): Buffer {
  return Buffer.concat([
    png.subarray(0, 33),
    chunk('tEXt', Buffer.from(`Comment\0${text}`, 'latin1')),
    png.subarray(33),
  ]);
}

/** The same GIF on another logical screen (bytes 6 to 9): frames of that size without the work of drawing them. */
export function onScreen(gif: Buffer, width: number, height: number): Buffer {
  const copy = Buffer.from(gif);
  copy.writeUInt16LE(width, 6);
  copy.writeUInt16LE(height, 8);
  return copy;
}

/** A sound PNG of one bit a pixel that is far larger than its file. */
export function pngOf(width: number, height: number): Buffer {
  const rows = Buffer.alloc((Math.ceil(width / 8) + 1) * height);
  return Buffer.concat([signature, headerOf(width, height), chunk('IDAT', deflateSync(rows)), end]);
}

/** A PNG that claims its size and has almost nothing in it. */
export function emptyPngOf(width: number, height: number): Buffer {
  return Buffer.concat([signature, headerOf(width, height), chunk('IDAT', deflateSync(Buffer.alloc(10))), end]);
}

function headerOf(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 1;
  return chunk('IHDR', header);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc32(body), body.length + 4);
  return out;
}

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const end = chunk('IEND', Buffer.alloc(0));
