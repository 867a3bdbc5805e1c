import { createHash } from 'node:crypto';
import { Transform, type Readable } from 'node:stream';
import { BadPayload, InfrastructureError } from '@vaultstream/contracts';

/** What must have come when a stream ends. */
export interface Promised {
  /** Bytes. */
  length: number;
  /** Hex, of all bytes; undefined for a part of an object. */
  sha256: string | undefined;
}

/**
 * Hands a stored object's bytes on and fails at the end when they are not what was promised, so that nobody takes cut or damaged bytes
 * for good ones. The last piece is held back until all have been checked: who knows the length would take the object for whole
 * otherwise, before the error comes. Whoever destroys it closes the source.
 * @param translate Turns an error of the source into one of ours.
 * @returns A stream that ends in InfrastructureError (cut on the way) or BadPayload (other bytes are stored).
 */
export function guardRead(source: Readable, promised: Promised, translate: (error: unknown) => Error): Readable {
  const hash = promised.sha256 === undefined ? undefined : createHash('sha256');
  let length = 0;
  let held: Uint8Array | undefined;
  const guarded = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      length += chunk.length;
      hash?.update(chunk);
      const earlier = held;
      held = chunk;
      done(null, earlier);
    },
    flush(done) {
      if (length !== promised.length) return done(cut());
      if (hash && hash.digest('hex') !== promised.sha256) return done(new BadPayload('the stored bytes are damaged'));
      done(null, held);
    },
  });
  source.once('error', (error) => guarded.destroy(translate(error)));
  source.once('close', () => {
    if (!source.readableEnded) guarded.destroy(cut());
  });
  guarded.once('close', () => source.destroy());
  return source.pipe(guarded);
}

const cut = (): InfrastructureError =>
  new InfrastructureError('a stored object was cut off while it was read', { retryAfterMs: 5_000 });
