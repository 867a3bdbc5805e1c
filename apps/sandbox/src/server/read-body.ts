import type { IncomingMessage } from 'node:http';

/** Bytes: above Telegram's largest upload of 50 MB, so that the fake can refuse it itself. */
const maxBytes = 64 * 1_048_576;

/** The whole body; null when it is larger than 64 MiB or the caller went away. */
export async function readBody(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request) {
      size += (chunk as Buffer).length;
      if (size > maxBytes) return null;
      chunks.push(chunk as Buffer);
    }
  } catch {
    return null;
  }
  return Buffer.concat(chunks);
}
