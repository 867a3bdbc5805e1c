import type { Readable } from 'node:stream';
import type { Deadline } from './deadline.ts';

/** What is stored, or to be stored: all of it, or a stream of it. */
export type BlobBytes = Uint8Array | Readable;

/** What the storer says about the bytes. */
export interface BlobFacts {
  mime: string;
  /** Hex SHA-256 of the bytes: must be the one that the key names. */
  sha256: string;
  /** What is there is known to be damaged: it is written again, even if the store says that the right bytes are there. */
  rewrite?: boolean;
}

/** A part of an object: offsets in bytes, both ends included, as in HTTP. */
export interface ByteRange {
  start: number;
  end: number;
}

export interface BlobRead {
  /** Must be read to its end or destroyed. */
  stream: Readable;
  /** Bytes of the whole object. */
  size: number;
  /** Bytes that the stream will give. */
  length: number;
  /** Names the state of the object that is read: another one once it was written anew. For comparison only. */
  version: string;
}

export interface BlobEntry {
  key: string;
  /** Bytes. */
  size: number;
  modifiedAt: Date;
}

/**
 * Content-addressed bytes. Every driver passes `describeBlobStore` of `test/compliance.ts`.
 *
 * Every method but `urlFor` throws InfrastructureError when the store is away, full or read-only, and InvalidInput for a key
 * that is not `blobs/sha256/<aa>/<bb>/<sha256>.<ext>`. "Missing" is only ever said when the store itself explicitly said so.
 */
export abstract class BlobStore {
  /**
   * Stores bytes under their hash. What is visible under a key is whole and has that hash, at any moment and after any crash.
   * Bytes that are there already are verified, not written again; damaged ones are replaced.
   * `written` is false when the right bytes were there.
   * @throws BadPayload when the bytes do not have the hash; then nothing is stored.
   */
  abstract put(key: string, bytes: BlobBytes, facts: BlobFacts): Promise<{ size: number; written: boolean }>;

  /** Size in bytes, or null when the object is surely not there. */
  abstract head(key: string): Promise<{ size: number } | null>;

  /**
   * The stream of a whole object ends in BadPayload when its bytes do not have the hash that the key names, and any stream in
   * InfrastructureError when it is cut; neither gives its last bytes then.
   * @param range Its end is cut to the object's.
   * @throws NotFound when the object is surely not there; InvalidInput when the range begins beyond its end.
   */
  abstract get(key: string, range?: ByteRange): Promise<BlobRead>;

  /**
   * Removes an object. One that is not there is no error. When it resolves, nothing of this call can have an effect any more; when it
   * fails, none can once the deadline has passed.
   * @param deadline A minute, where nothing is said.
   * @throws TooLate when the deadline has passed before the delete could be sent.
   */
  abstract delete(key: string, deadline?: Deadline): Promise<void>;

  /** All objects whose keys begin with the prefix, in the order of their keys. Objects that come or go meanwhile may be missed. */
  abstract list(prefix: string): AsyncIterable<BlobEntry>;

  /**
   * A link that works without a token until it expires. Does not ask whether the object exists.
   * @param lifeS Seconds, where it must live longer than STORAGE_PRESIGN_EXPIRES.
   */
  abstract urlFor(key: string, lifeS?: number): Promise<string>;

  /** Resolves when the store can be read and written. */
  abstract check(): Promise<void>;

  /** Removes what killed processes have left half-written, a day later at the latest. Answers how many. */
  abstract sweep(): Promise<number>;
}
