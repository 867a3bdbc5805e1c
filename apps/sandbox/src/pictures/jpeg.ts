import { BitWriter } from './bit-writer.ts';
import { landscape, type Colour } from './scene.ts';

/** Side of a block: pixels. */
const side = 8;
/** Quantisation of every coefficient. A block's first coefficient is eight times its mean, so this leaves the mean itself. */
const quantum = 8;
/** Code lengths of the table for first coefficients, by category 0 to 8: the usual luminance table (ITU-T T.81, table K.3). */
const codes = ['00', '010', '011', '100', '101', '110', '1110', '11110', '111110'] as const;
const codesOfLength = [0, 1, 5, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

/**
 * A real baseline JPEG of a generated landscape, in blocks of 8 by 8 pixels of one colour each: nothing but first coefficients, which
 * makes the encoder this small. Width and height in pixels.
 */
export function jpeg(width: number, height: number, seed: number): Buffer {
  const size = [height >> 8, height & 255, width >> 8, width & 255];
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    segment(0xe0, [...Buffer.from('JFIF\0'), 1, 1, 0, 0, 1, 0, 1, 0, 0]),
    segment(0xdb, [0, ...Array<number>(64).fill(quantum)]),
    segment(0xc0, [8, ...size, 3, ...[1, 2, 3].flatMap((component) => [component, 0x11, 0])]),
    segment(0xc4, [0x00, ...codesOfLength, ...codes.keys()]),
    // Of the other coefficients only "no more of them" is said: one code of one bit.
    segment(0xc4, [0x10, 1, ...Array<number>(15).fill(0), 0]),
    segment(0xda, [3, 1, 0, 2, 0, 3, 0, 0, 63, 0]),
    blocks(width, height, seed),
    Buffer.from([0xff, 0xd9]),
  ]);
}

function blocks(width: number, height: number, seed: number): Buffer {
  const [columns, rows] = [Math.ceil(width / side), Math.ceil(height / side)];
  const scene = landscape(seed);
  const colours = Array.from({ length: columns }, (_, column) => scene(column / columns));
  const bits = new BitWriter();
  const last = [0, 0, 0];
  for (let row = 0; row < rows; row++)
    for (const column of colours)
      toYCbCr(column(row / rows)).forEach((mean, component) => {
        writeDifference(bits, mean - (last[component] ?? 0));
        last[component] = mean;
        bits.write('0');
      });
  return bits.end();
}

/** A category, then as many bits; a negative number is written one less (T.81, F.1.2.1). */
function writeDifference(bits: BitWriter, difference: number): void {
  const category = Math.abs(difference).toString(2).length * Math.sign(Math.abs(difference));
  bits.write(codes[category] ?? '');
  if (category === 0) return;
  const value = difference > 0 ? difference : difference + 2 ** category - 1;
  bits.write(value.toString(2).padStart(category, '0'));
}

/** Each from -128 to 127 (JFIF 1.02). */
function toYCbCr([red, green, blue]: Colour): number[] {
  const luma = 0.299 * red + 0.587 * green + 0.114 * blue;
  return [luma - 128, 0.564 * (blue - luma), 0.713 * (red - luma)].map((value) =>
    Math.max(-127, Math.min(127, Math.round(value))),
  );
}

function segment(marker: number, content: number[]): Buffer {
  const length = content.length + 2;
  return Buffer.from([0xff, marker, length >> 8, length & 255, ...content]);
}
