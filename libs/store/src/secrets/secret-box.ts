import { VaultError, type VaultErrorOptions } from '@vaultstream/contracts';
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

/** The row and column that a secret belongs to: bound into the ciphertext, so that swapping two rows' ciphertexts fails. */
export interface SecretPlace {
  table: string;
  row: string;
  column: string;
}

/** Milliseconds until work that needs an unreadable secret looks again: a person has to bring the key back or set the secret anew. */
const secretRetryMs = 60_000;

/**
 * A stored secret cannot be read: wrong key, wrong place, or altered. Fails closed. It is our own side that fails: work waits and spends
 * no try.
 */
export class SecretError extends VaultError {
  readonly name = 'SecretError';
  readonly disposition = 'infrastructure';

  constructor(message: string, options: VaultErrorOptions = {}) {
    super(message, { retryAfterMs: secretRetryMs, ...options });
  }
}

const version = 'v1';
/** 96 bits, the nonce size that GCM is defined for (NIST SP 800-38D 8.2). */
const nonceBytes = 12;
const tagBytes = 16;

/**
 * Encrypts secrets at rest with AES-256-GCM. Stored form: `v1.<key id>.<nonce>.<ciphertext and tag>`, base64url.
 * The first key writes; all keys read, so that a key can be replaced while the product runs.
 */
export class SecretBox {
  private readonly keys = new Map<string, Buffer>();
  private readonly writeKeyId: string;

  /** @param keys 32 bytes each, the newest first. */
  constructor(keys: Buffer[]) {
    const [first] = keys;
    if (!first) throw new SecretError('SECRETS_KEY is not set');
    for (const key of keys) {
      if (key.length !== 32) throw new SecretError('SECRETS_KEY must be 32 bytes');
      this.keys.set(keyId(key), key);
    }
    this.writeKeyId = keyId(first);
  }

  seal(plain: string, place: SecretPlace): string {
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv('aes-256-gcm', this.key(this.writeKeyId), nonce);
    cipher.setAAD(boundTo(place, this.writeKeyId));
    const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return [version, this.writeKeyId, nonce.toString('base64url'), sealed.toString('base64url')].join('.');
  }

  /** @throws SecretError when the key is unknown or anything was altered. */
  open(stored: string, place: SecretPlace): string {
    const [head, id, nonce, sealed] = stored.split('.');
    if (head !== version || !id || !nonce || !sealed) throw new SecretError('not a stored secret');
    const bytes = Buffer.from(sealed, 'base64url');
    if (bytes.length < tagBytes) throw new SecretError('not a stored secret');
    const decipher = createDecipheriv('aes-256-gcm', this.key(id), Buffer.from(nonce, 'base64url'));
    decipher.setAAD(boundTo(place, id));
    decipher.setAuthTag(bytes.subarray(-tagBytes));
    try {
      return decipher.update(bytes.subarray(0, -tagBytes)).toString('utf8') + decipher.final('utf8');
    } catch {
      throw new SecretError(
        `the secret of ${place.table}.${place.column} cannot be read: altered, or sealed for another row`,
      );
    }
  }

  /** The id of the key that writes. */
  get keyId(): string {
    return this.writeKeyId;
  }

  /** The ids of the keys that only open: what they sealed is to be sealed anew. */
  get earlierKeyIds(): string[] {
    return [...this.keys.keys()].filter((id) => id !== this.writeKeyId);
  }

  /** Whether the key with this id is here. */
  knows(id: string): boolean {
    return this.keys.has(id);
  }

  /** Whether `open` would succeed. */
  opens(stored: string, place: SecretPlace): boolean {
    try {
      this.open(stored, place);
      return true;
    } catch (error) {
      if (error instanceof SecretError) return false;
      throw error;
    }
  }

  private key(id: string): Buffer {
    const key = this.keys.get(id);
    if (!key) throw new SecretError(`The secret was sealed with the key ${id}, and SECRETS_KEY is another one.`);
    return key;
  }
}

/** The id of the key that sealed a stored secret. */
export const sealedWith = (stored: string): string => stored.split('.')[1] ?? '';

/** Eight hex characters of the key's own hash: tells keys apart without revealing them. */
const keyId = (key: Buffer): string => createHash('sha256').update(key).digest('hex').slice(0, 8);

const boundTo = (place: SecretPlace, id: string): Buffer =>
  Buffer.from([place.table, place.row, place.column, id].join('|'));
