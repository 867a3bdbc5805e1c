import { pipeline } from 'node:stream/promises';
import { BadPayload } from '@vaultstream/contracts';
import type { Stopwatch } from './budgets.ts';
import { type DecoderFactory, decoderFor } from './encodings.ts';
import type { RawResponse } from './exchange.ts';

/** Decompressed bytes for one byte on the wire: beyond it, and beyond the floor, a body is a bomb. */
const maxRatio = 100;
/** Bytes below which no ratio is suspicious. */
const ratioFloor = 1_048_576;

export interface BodyLimits {
  /** Bytes, after decompression. */
  maxBytes: number;
  /** Stop at `maxBytes` and keep what is there, instead of throwing. */
  truncate: boolean;
}

/** What has come over the wire so far, and what ended it early. */
interface Wire {
  bytes: number;
  error?: Error;
}

/**
 * Reads and decompresses a body, and stops at once at a limit: the connection is closed and nothing more is decompressed.
 *
 * @throws BadPayload (too large, bad encoding, a bomb), or what ended the connection.
 */
export async function readBody(
  response: RawResponse,
  limits: BodyLimits,
  watch: Stopwatch,
): Promise<{ bytes: Buffer; truncated: boolean }> {
  try {
    if (response.method === 'HEAD') return { bytes: Buffer.alloc(0), truncated: false };
    const decoder = decoderFor(response.headers['content-encoding']);
    if (!limits.truncate && Number(response.headers['content-length'] ?? 0) > limits.maxBytes)
      throw tooLarge(limits.maxBytes);
    const wire: Wire = { bytes: 0 };
    const raw = received(response, wire, watch);
    return await collect(decoder ? decoded(raw, decoder, wire) : raw, limits, wire);
  } finally {
    response.body.destroy();
  }
}

async function collect(source: AsyncIterable<Buffer>, limits: BodyLimits, wire: Wire) {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of source) {
    size += chunk.length;
    chunks.push(chunk);
    if (size > limits.maxBytes) {
      if (!limits.truncate) throw tooLarge(limits.maxBytes);
      return { bytes: Buffer.concat(chunks, limits.maxBytes), truncated: true };
    }
    if (size > ratioFloor && size > maxRatio * wire.bytes)
      throw new BadPayload(`the body grows more than ${maxRatio} times when it is decompressed`);
  }
  return { bytes: Buffer.concat(chunks), truncated: false };
}

async function* received(response: RawResponse, wire: Wire, watch: Stopwatch): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of response.body) {
      const bytes = chunk as Buffer;
      watch.received(bytes.length);
      wire.bytes += bytes.length;
      yield bytes;
    }
  } catch (error) {
    if (error instanceof Error) wire.error = error;
    throw error;
  }
}

async function* decoded(raw: AsyncGenerator<Buffer>, factory: DecoderFactory, wire: Wire): AsyncGenerator<Buffer> {
  const first = await raw.next();
  if (first.done) return; // an empty body is empty in every encoding
  const decoder = factory(first.value[0] ?? 0);
  const source = async function* () {
    yield first.value;
    yield* raw;
  };
  pipeline(source, decoder).catch(() => {}); // its error destroys the decoder, where the loop below meets it
  try {
    for await (const chunk of decoder) yield chunk as Buffer;
  } catch (error) {
    throw wire.error ?? new BadPayload('the body cannot be decompressed', { cause: error });
  } finally {
    decoder.destroy();
  }
}

function tooLarge(maxBytes: number): BadPayload {
  return new BadPayload(`the body is larger than ${maxBytes} bytes`);
}
