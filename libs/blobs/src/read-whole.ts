import { isVaultError } from '@vaultstream/contracts';
import type { BlobStore } from './blob-store.ts';

/** Bytes that were read to their end and have the hash that their key names. */
export interface WholeRead {
  bytes: Buffer;
  /** See `BlobRead`. */
  version: string;
}

/** Reads a whole object into memory. @throws BadPayload (damaged, also at a second look), NotFound, InfrastructureError */
export async function readWhole(store: BlobStore, key: string): Promise<WholeRead> {
  return lookTwice(async () => {
    const { stream, size, version } = await store.get(key);
    const bytes = Buffer.allocUnsafe(size);
    let length = 0;
    for await (const chunk of stream) {
      bytes.set(chunk as Uint8Array, length);
      length += (chunk as Uint8Array).length;
    }
    return { bytes, version };
  });
}

/** Reads a whole object and keeps nothing of it. Answers its version. @throws As `readWhole`. */
export async function checkWhole(store: BlobStore, key: string): Promise<string> {
  return lookTwice(async () => {
    const { stream, version } = await store.get(key);
    for await (const _ of stream);
    return version;
  });
}

/** What seems to be damaged is read once more: it may have been damaged on its way, or have been stored anew meanwhile. */
async function lookTwice<T>(look: () => Promise<T>): Promise<T> {
  try {
    return await look();
  } catch (error) {
    if (!isDamage(error)) throw error;
    return await look();
  }
}

/** True for the error of a read whose bytes do not have the hash that their key names. */
export const isDamage = (error: unknown): boolean => isVaultError(error) && error.name === 'BadPayload';
