import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { BadPayload } from '@vaultstream/contracts';

/** A file of a backup, as its manifest speaks of it. */
export interface StoredFile {
  file: string;
  /** Hex, of the bytes on the disk. */
  sha256: string;
  /** On the disk. */
  bytes: number;
}

/**
 * Writes a compressed file (gzip: every system of the next decades can read it) that only its owner may read, and flushes it to the disk.
 * @throws What the source throws, and the file system's errors.
 */
export async function writeStored(folder: string, file: string, source: Readable): Promise<StoredFile> {
  const { meter, facts } = metered();
  const target = createWriteStream(join(folder, file), { flags: 'wx', mode: 0o600, flush: true });
  await pipeline(source, createGzip(), meter, target);
  return { file, ...facts() };
}

/**
 * The unpacked bytes of a stored file. The stream fails at its end when the file is not what the manifest says.
 * @throws BadPayload in the stream.
 */
export function readStored(folder: string, stored: StoredFile): Readable {
  return Readable.from(unpack(join(folder, stored.file), stored), { objectMode: false });
}

async function* unpack(path: string, { sha256, bytes }: StoredFile): AsyncGenerator<Buffer> {
  const { meter, facts } = metered();
  const unpacked = createGunzip();
  const read = pipeline(createReadStream(path), meter, unpacked);
  read.catch(() => undefined);
  try {
    for await (const chunk of unpacked) yield chunk as Buffer;
    await read;
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? '';
    if (code === 'ENOENT') throw new BadPayload(`${path} is missing.`, { cause });
    if (code.startsWith('Z_')) throw new BadPayload(`${path} is damaged.`, { cause });
    throw cause;
  }
  const found = facts();
  if (found.sha256 !== sha256 || found.bytes !== bytes)
    throw new BadPayload(`${path} is damaged: it has another hash.`);
}

/** Hashes and counts what passes. */
function metered(): { meter: Transform; facts: () => { sha256: string; bytes: number } } {
  const hash = createHash('sha256');
  let bytes = 0;
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  return { meter, facts: () => ({ sha256: hash.copy().digest('hex'), bytes }) };
}
