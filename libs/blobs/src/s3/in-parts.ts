/**
 * Parts of a multipart upload: bytes. S3 wants 5 MiB at least, all but the last of one length, and 10,000 at most: this one allows
 * 78 GiB, and a put holds two of them in memory.
 */
export const partBytes = 8 * 1_048_576;

/** Cuts a stream into parts of one length; the last one is shorter, and the only one that may be empty. */
export async function* inParts(
  source: AsyncIterable<Uint8Array>,
  length = partBytes,
): AsyncGenerator<Uint8Array, undefined> {
  let pieces: Uint8Array[] = [];
  let held = 0;
  for await (const chunk of source)
    for (let rest = chunk; rest.length > 0;) {
      if (held === length) {
        yield Buffer.concat(pieces);
        [pieces, held] = [[], 0];
      }
      const piece = rest.subarray(0, length - held);
      pieces.push(piece);
      held += piece.length;
      rest = rest.subarray(piece.length);
    }
  yield Buffer.concat(pieces);
  return undefined;
}
