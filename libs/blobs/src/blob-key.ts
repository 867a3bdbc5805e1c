import { InvalidInput } from '@vaultstream/contracts';

/** `blobs/sha256/<aa>/<bb>/<sha256>.<ext>`, where `aa` and `bb` are the first two byte pairs of the hash. */
const keyPattern = /^blobs\/sha256\/([0-9a-f]{2})\/([0-9a-f]{2})\/([0-9a-f]{64})\.[a-z0-9]{1,5}$/;

/**
 * The key of the bytes that have this hash.
 * @param sha256 Hex, lower case, of the stored bytes.
 * @param extension Without the dot: 1 to 5 lower-case letters or digits.
 * @throws InvalidInput when either is malformed.
 */
export function blobKey(sha256: string, extension: string): string {
  const key = `blobs/sha256/${sha256.slice(0, 2)}/${sha256.slice(2, 4)}/${sha256}.${extension}`;
  blobHash(key);
  return key;
}

/** The hash that a key names, or null when it is not the key of a blob. */
export function parseBlobKey(key: string): string | null {
  const [, first, second, sha256] = keyPattern.exec(key) ?? [];
  return sha256 !== undefined && sha256.startsWith(`${first}${second}`) ? sha256 : null;
}

/**
 * The hash that a key names.
 * @throws InvalidInput when it is not the key of a blob.
 */
export function blobHash(key: string): string {
  const sha256 = parseBlobKey(key);
  if (sha256 === null) throw new InvalidInput('not the key of a blob', [{ path: 'key', message: 'is malformed' }]);
  return sha256;
}
