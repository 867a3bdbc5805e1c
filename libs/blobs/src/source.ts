import type { Readable } from 'node:stream';

/** The source of the bytes failed, not the disk: its error is handed on as it is. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
}

/** The bytes of a stream; its errors come as `SourceError`, so that nobody takes them for the disk's. */
export async function* guardSource(source: Readable): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of source) yield chunk as Uint8Array;
  } catch (error) {
    throw new SourceError('the source failed', { cause: error });
  }
}
