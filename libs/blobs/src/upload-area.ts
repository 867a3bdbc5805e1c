/** What a client wants to upload, and must then upload exactly. */
export interface UploadRequest {
  /** UUID. */
  id: string;
  mime: string;
  /** Bytes: 5 GiB at most, the limit of one PUT. */
  size: number;
  /** Hex; undefined when the client does not know it. */
  sha256?: string | undefined;
}

/** One PUT that a client may do without a token. */
export interface UploadTicket {
  method: 'PUT';
  url: string;
  /** To be sent as they are: they are part of the signature. */
  headers: Record<string, string>;
  expiresAt: Date;
}

/** An upload whose bytes have been read and are what was asked for. */
export interface VerifiedUpload {
  id: string;
  mime: string;
  size: number;
  /** Hex, of the bytes that are there. */
  sha256: string;
  /** The first 4 KiB, to tell their true type by. */
  start: Buffer;
  /** Names this very upload, should another one take its place. */
  version: string;
}

/**
 * Where clients put files by themselves: `uploads/<id>`, a place that nothing refers to. What is there is a stranger's until it has been
 * verified; then it is copied to its content key.
 */
export abstract class UploadArea {
  /** @throws InvalidInput for a malformed id, size or hash. */
  abstract presign(request: UploadRequest): Promise<UploadTicket>;

  /**
   * Reads what was uploaded.
   * @returns Null when nothing is there (yet).
   * @throws BadPayload when it is not what was asked for: size, type or hash.
   */
  abstract verify(request: UploadRequest): Promise<VerifiedUpload | null>;

  /**
   * Makes a verified upload a blob. The upload stays: remove it when the rows are committed.
   * @param key The content key of its hash.
   * @returns `written` is false when the bytes were stored already.
   * @throws BadPayload when other bytes have taken its place since it was verified, or the key is another's.
   */
  abstract adopt(upload: VerifiedUpload, key: string): Promise<{ size: number; written: boolean }>;

  /** Removes an upload. One that is not there is no error. */
  abstract remove(id: string): Promise<void>;
}
