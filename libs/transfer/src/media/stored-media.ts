import { createHash } from 'node:crypto';
import { blobKey, type BlobStore } from '@vaultstream/blobs';
import { InfrastructureError, isVaultError } from '@vaultstream/contracts';
import type { Blobs, ImportedMedia } from '@vaultstream/store';
import { isHttp, type OldMedia } from '../map/media.ts';
import type { MediaFolder, StoredFile } from '../old/media-folder.ts';

/** What became of one old picture: stored, or why it has to be fetched again, or why it never will be. */
export type MediaFate = 'stored' | 'absent' | 'missing' | 'damaged' | 'unsafe' | 'other_format' | 'skipped' | 'lost';

/** What may be archived: as `ArchivePolicy` of the store. */
export interface MediaPolicy {
  enabled: boolean;
  /** Pictures of one content that are fetched at most. */
  maxImages: number;
}

/** Bytes of a picture, as the archiver's own limit: 20 MiB. */
const maxPictureBytes = 20 * 1_048_576;
/** Videos are kept as they are, by extension. */
const videoTypes: Readonly<Record<string, string>> = { mp4: 'video/mp4', webm: 'video/webm', mov: 'video/quicktime' };

/** Takes old files over into the vault: those whose bytes have the hash that their name promises. */
export class StoredMedia {
  /** @param sink Null: a dry run, which hashes nothing and writes nothing. */
  constructor(
    private readonly folder: MediaFolder | null,
    private readonly policy: MediaPolicy,
    private readonly sink: { blobs: Blobs; store: BlobStore } | null,
  ) {}

  /**
   * Puts the bytes of one content's pictures, and claims them for the transaction that is about to refer to them.
   * @throws InfrastructureError when the disk, the store or the database is away.
   */
  async take(media: readonly OldMedia[]): Promise<{ media: ImportedMedia[]; fates: MediaFate[] }> {
    const taken: ImportedMedia[] = [];
    const fates: MediaFate[] = [];
    let fetched = 0;
    for (const old of media) {
      const found = await this.file(old);
      const mayFetch = this.policy.enabled && fetched < this.policy.maxImages;
      const { item, fate } = 'sha256' in found ? keep(old, found) : fetchLater(old, found.reason, mayFetch);
      if (item.status === 'pending') fetched += 1;
      taken.push(item);
      fates.push(fate);
    }
    return { media: taken, fates };
  }

  private async file(old: OldMedia): Promise<{ sha256: string } | { reason: MediaFate }> {
    if (old.storedKey === null || this.folder === null) return { reason: 'absent' };
    const found = await this.folder.find(old.storedKey);
    if (found === 'unsafe' || found === 'missing') return { reason: found };
    try {
      return await this.put(old, found);
    } finally {
      await found.handle.close();
    }
  }

  private async put(old: OldMedia, file: StoredFile): Promise<{ sha256: string } | { reason: MediaFate }> {
    const { sha256, extension, size, handle } = file;
    const mime = old.kind === 'video' ? videoTypes[extension] : extension === 'webp' ? 'image/webp' : undefined;
    if (mime === undefined || sha256 === null) return { reason: 'other_format' };
    if (size === 0 || (old.kind === 'image' && size > maxPictureBytes)) return { reason: 'damaged' };
    if (this.sink === null) return { sha256 };
    if ((await hashOf(file)) !== sha256) return { reason: 'damaged' };
    if (mime === 'image/webp' && !(await isWebp(file))) return { reason: 'other_format' };
    const key = blobKey(sha256, extension);
    const { width, height } = old;
    let rewrite: boolean;
    try {
      rewrite = (await this.sink.blobs.claim({ sha256, key, mime, size, width, height })).state === 'damaged';
    } catch (error) {
      // A delete of these bytes is in flight: the archiver comes back to it.
      if (isVaultError(error) && error.disposition === 'later') return { reason: 'missing' };
      throw error;
    }
    const bytes = handle.createReadStream({ start: 0, autoClose: false });
    await this.sink.store.put(key, bytes, { mime, sha256, rewrite });
    if ((await this.sink.store.head(key))?.size !== size)
      throw new InfrastructureError(`the object store does not hold what it has just taken: ${key}`);
    if (rewrite) await this.sink.blobs.markRepaired(sha256);
    return { sha256 };
  }
}

type Kept = { item: ImportedMedia; fate: MediaFate };

function keep({ kind, role, originUrl }: OldMedia, { sha256 }: { sha256: string }): Kept {
  return { item: { kind, role, originUrl, status: 'stored', sha256, error: null }, fate: 'stored' };
}

/** What is not at hand is fetched from where it came from: pictures, where that is known and wanted. */
function fetchLater({ kind, role, originUrl }: OldMedia, reason: MediaFate, mayFetch: boolean): Kept {
  const base = { kind, role, originUrl, sha256: null };
  if (kind !== 'image') return { item: { ...base, status: 'skipped', error: 'not archived' }, fate: 'skipped' };
  if (!isHttp(originUrl))
    return {
      item: { ...base, status: 'failed', error: 'its file was not found and its address is not known' },
      fate: 'lost',
    };
  if (!mayFetch)
    return {
      item: { ...base, status: 'skipped', error: 'not archived by the settings at its import' },
      fate: 'skipped',
    };
  return { item: { ...base, status: 'pending', error: null }, fate: reason };
}

async function hashOf({ handle }: StoredFile): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of handle.createReadStream({ start: 0, autoClose: false })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** RIFF container of type WEBP (RFC 9649). */
async function isWebp({ handle }: StoredFile): Promise<boolean> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(12), 0, 12, 0);
  return bytesRead === 12 && buffer.toString('latin1', 0, 4) === 'RIFF' && buffer.toString('latin1', 8, 12) === 'WEBP';
}
