import type { Transform } from 'node:stream';
import zlib from 'node:zlib';
import { BadPayload } from '@vaultstream/contracts';

/** What we ask servers for. */
export const acceptEncoding = 'gzip, deflate, br, zstd';

/** Makes a decoder; some formats show only in the first byte which variant they are. */
export type DecoderFactory = (firstByte: number) => Transform;

const chunkSize = 65_536;

const decoders: Record<string, DecoderFactory> = {
  gzip: () => zlib.createGunzip({ chunkSize }),
  'x-gzip': () => zlib.createGunzip({ chunkSize }),
  // "deflate" means zlib (RFC 9110), yet some servers send it raw: the low half of zlib's first byte is always 8.
  deflate: (first) => ((first & 0x0f) === 8 ? zlib.createInflate({ chunkSize }) : zlib.createInflateRaw({ chunkSize })),
  br: () => zlib.createBrotliDecompress({ chunkSize }),
  // A window of 8 MiB is what RFC 9659 allows on the web; more would be memory that a stranger chooses.
  zstd: () => zlib.createZstdDecompress({ chunkSize, params: { [zlib.constants.ZSTD_d_windowLogMax]: 23 } }),
};

/**
 * @param header The Content-Encoding of a response.
 * @returns Null for a body that is not encoded.
 * @throws BadPayload for an unknown encoding, and for more than one layer of any.
 */
export function decoderFor(header: string | undefined): DecoderFactory | null {
  const layers = (header ?? '')
    .split(',')
    .map((layer) => layer.trim().toLowerCase())
    .filter((layer) => layer !== '' && layer !== 'identity');
  if (layers.length > 1) throw new BadPayload(`${layers.length} layers of Content-Encoding, at most one is accepted`);
  const [name] = layers;
  if (name === undefined) return null;
  const decoder = Object.hasOwn(decoders, name) ? decoders[name] : undefined;
  if (decoder === undefined) throw new BadPayload(`unknown Content-Encoding "${name.slice(0, 40)}"`);
  return decoder;
}
