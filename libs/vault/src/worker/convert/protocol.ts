/** What the parent and the converting child say to each other. Types only: both sides import it, and the child nothing of the workspace. */

/** Sent by the parent: one picture at a time. With a quality (1 to 100) the WebP of the archive, with a preset that rendition. */
export type ConvertRequest = { bytes: Uint8Array } & ({ quality: number } | { preset: 'photo.v1' });

/** A picture as it is stored. */
export interface ConvertedImage {
  /** WebP; JPEG for `photo.v1`. */
  bytes: Uint8Array;
  /** Pixels of one frame. */
  width: number;
  height: number;
}

/** unsupported: a kind of file that we do not decode. bad_payload: malformed, or beyond our limits. */
export type RefusalReason = 'unsupported' | 'bad_payload';
