import { createHash } from 'node:crypto';
import type { Form, Upload } from './form.ts';
import { pictureSize } from './picture-size.ts';
import { badRequest } from './refusal.ts';

/** What a file can be sent as. */
export type FileKind = 'photo' | 'document';

/** A file that the servers know. */
export interface StoredFile {
  kind: FileKind;
  fileId: string;
  uniqueId: string;
  /** SHA-256 of the bytes, hexadecimal. */
  sha256: string;
  bytes: number;
  fileName: string;
  /** Pixels; of photos. */
  width: number;
  height: number;
}

/** A file in a message. */
export interface SentFile extends StoredFile {
  /** True when a file_id was given instead of bytes. */
  reused: boolean;
}

/** Bot API, "Sending files" and sendPhoto: bytes, and pixels. */
const maxPhotoBytes = 10 * 1_048_576;
const maxDocumentBytes = 50 * 1_048_576;
const maxPhotoSides = 10_000;
const maxPhotoRatio = 20;

/** Files by their ids. An id belongs to the bot that got it, and to the kind of message that it came from. */
export class Files {
  readonly #files = new Map<string, { botId: number; file: StoredFile }>();

  /**
   * The file that a parameter means: an upload in a part of that name, `attach://<part>`, or a file_id.
   * @throws Refusal 400
   */
  take(botId: number, kind: FileKind, reference: string | undefined, form: Form, part: string): SentFile {
    const name = reference?.startsWith('attach://') ? reference.slice('attach://'.length) : part;
    const upload = reference === undefined || reference.startsWith('attach://') ? form.files.get(name) : undefined;
    if (upload) return { ...this.#store(botId, kind, upload), reused: false };
    if (reference === undefined || reference === '') throw badRequest(`there is no ${kind} in the request`);
    if (/^https?:\/\//i.test(reference)) throw badRequest('failed to get HTTP URL content');
    const known = this.#files.get(reference);
    if (known?.botId !== botId) throw badRequest('wrong file identifier/HTTP URL specified');
    if (known.file.kind !== kind)
      throw badRequest(`can't use file of type ${capital(known.file.kind)} as ${capital(kind)}`);
    return { ...known.file, reused: true };
  }

  reset(): void {
    this.#files.clear();
  }

  #store(botId: number, kind: FileKind, { bytes, fileName }: Upload): StoredFile {
    if (bytes.length === 0) throw badRequest('file must be non-empty');
    const size = kind === 'photo' ? photoSize(bytes) : { width: 0, height: 0 };
    if (bytes.length > maxDocumentBytes) throw badRequest('file is too big');
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const prefix = kind === 'photo' ? 'AgACAgQAAx' : 'BQACAgQAAx';
    const fileId = `${prefix}${createHash('sha256').update(`${botId}:${kind}:${sha256}`).digest('base64url')}`;
    const file = {
      kind,
      fileId,
      uniqueId: `AQAD${sha256.slice(0, 12)}`,
      sha256,
      bytes: bytes.length,
      fileName,
      ...size,
    };
    this.#files.set(fileId, { botId, file });
    return file;
  }
}

/** @throws Refusal 400 for what is no photo: only JPEG and PNG, 10 MB, sides of 10000 together, a ratio of 20 */
function photoSize(bytes: Buffer): { width: number; height: number } {
  if (bytes.length > maxPhotoBytes)
    throw badRequest(
      `file of size ${bytes.length} bytes is too big for a photo; the maximum size is ${maxPhotoBytes} bytes`,
    );
  const size = pictureSize(bytes);
  if (!size) throw badRequest('IMAGE_PROCESS_FAILED');
  const { width, height } = size;
  const ratio = Math.max(width, height) / Math.min(width, height);
  if (width + height > maxPhotoSides || ratio > maxPhotoRatio) throw badRequest('PHOTO_INVALID_DIMENSIONS');
  return size;
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
