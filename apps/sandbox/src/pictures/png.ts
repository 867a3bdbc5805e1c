import { crc32, deflateSync } from 'node:zlib';
import { landscape } from './scene.ts';

/** A real PNG (8 bit, RGB) of a generated landscape. Width and height in pixels; another seed is another picture. */
export function png(width: number, height: number, seed: number): Buffer {
  const scene = landscape(seed);
  const rowBytes = 1 + width * 3;
  const pixels = Buffer.alloc(rowBytes * height);
  for (let x = 0; x < width; x++) {
    const column = scene(x / width);
    for (let y = 0; y < height; y++) {
      const at = y * rowBytes + 1 + x * 3;
      [pixels[at], pixels[at + 1], pixels[at + 2]] = column(y / height);
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(pixels)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}
