import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { checkWhole, isDamage, LinkSigner, LocalBlobStore, type BlobStore } from '@vaultstream/blobs';
import { isVaultError } from '@vaultstream/contracts';

/** What is said of one stored file: its name is the hash of its bytes. */
export interface FileFacts {
  sha256: string;
  key: string;
  mime: string;
  /** Bytes. */
  size: number;
}

/** Files that are copied at the same time. */
const lanes = 4;

/**
 * The stored files of all backups of a folder, each once: what an earlier backup has brought is not copied again. Written as the vault itself
 * writes: aside, flushed, renamed; what is there under a hash is whole.
 */
export async function openPool(folder: string): Promise<LocalBlobStore> {
  // It makes no links: the key is never used.
  return LocalBlobStore.open(join(folder, 'files'), new LinkSigner({ secretsKeys: [randomBytes(32)], expiresS: 60 }));
}

/** How far a copy is. */
export type OnFile = (done: number, of: number) => void;

/** What came of a copy. */
export interface CopyReport {
  /** Files and bytes that were not there yet. */
  copied: number;
  bytes: number;
  /** Hashes whose bytes the source does not have, or not rightly any more. */
  lost: Set<string>;
}

/**
 * Copies what the target lacks, and verifies each hash on the way.
 * @param again Reads what is there already too, and writes anew what is damaged.
 * @throws InfrastructureError when either store is away or full; the reason of the signal.
 */
export async function copyFiles(
  from: BlobStore,
  to: BlobStore,
  files: readonly FileFacts[],
  { signal, again = false, onFile }: { signal?: AbortSignal | undefined; again?: boolean; onFile?: OnFile | undefined },
): Promise<CopyReport> {
  const report: CopyReport = { copied: 0, bytes: 0, lost: new Set() };
  let next = 0;
  let done = 0;
  const lane = async (): Promise<void> => {
    for (let file = files[next++]; file !== undefined; file = files[next++]) {
      signal?.throwIfAborted();
      if (!(await isThere(to, file, again))) {
        try {
          const { stream } = await from.get(file.key);
          // It may fail before anybody reads it: who reads it then is told.
          stream.on('error', () => undefined);
          await to.put(file.key, stream, { mime: file.mime, sha256: file.sha256, rewrite: true });
          report.copied++;
          report.bytes += file.size;
        } catch (error) {
          if (!isLoss(error)) throw error;
          report.lost.add(file.sha256);
        }
      }
      onFile?.(++done, files.length);
    }
  };
  // After an error the other lanes end with the file that they are at.
  const ends = Array.from({ length: lanes }, () => lane().finally(() => (next = files.length)));
  for (const end of await Promise.allSettled(ends)) if (end.status === 'rejected') throw end.reason;
  return report;
}

async function isThere(store: BlobStore, { key, size }: FileFacts, again: boolean): Promise<boolean> {
  const known = await store.head(key);
  if (known?.size !== size) return false;
  if (!again) return true;
  try {
    await checkWhole(store, key);
    return true;
  } catch (error) {
    if (isLoss(error)) return false;
    throw error;
  }
}

/** The bytes are not there, or are not the ones that the name says. */
export const isLoss = (error: unknown): boolean =>
  isDamage(error) || (isVaultError(error) && error.name === 'NotFound');
