import { createHash } from 'node:crypto';
import { unlinkSync, type Stats } from 'node:fs';
import { access, realpath, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { BadPayload, InfrastructureError, InvalidInput, NotFound } from '@vaultstream/contracts';
import { blobHash } from '../blob-key.ts';
import type { Deadline } from '../deadline.ts';
import {
  BlobStore,
  type BlobBytes,
  type BlobEntry,
  type BlobFacts,
  type BlobRead,
  type ByteRange,
} from '../blob-store.ts';
import { guardRead } from '../guarded-read.ts';
import type { LinkSigner } from '../links/link-signer.ts';
import { diskError, errnoOf } from './disk-error.ts';
import { discard, ensureFolder, flushFolder, publish, stage } from './durable-files.ts';
import { assertInside, markerOf, openObject, pathOfKey } from './local-paths.ts';
import { guardSource, SourceError } from '../source.ts';
import { sweepStaging } from './staging-area.ts';
import { walk } from './walk.ts';

/** What a health check writes, and removes: as much as a usual picture, so that a disk with a few bytes left counts as full. */
const probeBytes = 65_536;

const reading = 'blob storage cannot be read';

/** Blobs as files below one folder, which one machine owns. Links are signed by us and served by `/media`. */
export class LocalBlobStore extends BlobStore {
  private constructor(
    /** As `realpath` gives it. */
    private readonly root: string,
    private readonly links: LinkSigner,
  ) {
    super();
  }

  /**
   * Opens the folder, makes it when it is not there, and removes what killed processes have left half-written.
   * @throws InfrastructureError when it cannot be written.
   */
  static async open(folder: string, links: LinkSigner): Promise<LocalBlobStore> {
    try {
      await ensureFolder(resolve(folder));
      const root = await realpath(folder);
      await ensureFolder(join(root, 'blobs', 'sha256'));
      await ensureFolder(join(root, 'tmp'));
      await writeFile(markerOf(root), '', { flag: 'a', mode: 0o600 });
      await flushFolder(root);
      await sweepStaging(join(root, 'tmp'));
      return new LocalBlobStore(root, links);
    } catch (error) {
      throw diskError(`the storage folder ${folder} cannot be used`, error);
    }
  }

  override async put(key: string, bytes: BlobBytes, facts: BlobFacts): Promise<{ size: number; written: boolean }> {
    const path = pathOfKey(this.root, key);
    const named = blobHash(key);
    if (facts.sha256 !== named) throw new BadPayload('the key does not name the hash of the bytes');
    if (bytes instanceof Uint8Array) {
      if (createHash('sha256').update(bytes).digest('hex') !== named) throw wrongBytes();
      if (!facts.rewrite && (await this.holds(path, named))) return { size: bytes.length, written: false };
    }
    return await this.write(path, facts, bytes instanceof Uint8Array ? [bytes] : guardSource(bytes));
  }

  override async head(key: string): Promise<{ size: number } | null> {
    const file = await this.open(key);
    if (!file) return null;
    try {
      return { size: (await file.stat()).size };
    } catch (error) {
      throw diskError(reading, error);
    } finally {
      await file.close();
    }
  }

  override async get(key: string, range?: ByteRange): Promise<BlobRead> {
    const file = await this.open(key);
    if (!file) throw new NotFound('the stored object is not there');
    try {
      const stat = await file.stat();
      const { size } = stat;
      if (range && (range.start < 0 || range.start >= size || range.end < range.start))
        throw new InvalidInput('the range is outside of the object', [{ path: 'range', message: `size is ${size}` }]);
      const end = Math.min(range?.end ?? size - 1, size - 1);
      const start = range?.start ?? 0;
      // An empty file has no last byte that `end` could name.
      const stream = size === 0 ? Readable.from([]) : file.createReadStream({ start, end });
      if (size === 0) await file.close();
      const length = end - start + 1;
      const promised = { length, sha256: range ? undefined : blobHash(key) };
      const guarded = guardRead(stream, promised, (error) => diskError(reading, error));
      return { stream: guarded, size, length, version: versionOf(stat) };
    } catch (error) {
      await file.close();
      throw diskError(reading, error);
    }
  }

  override async delete(key: string, deadline?: Deadline): Promise<void> {
    const path = pathOfKey(this.root, key);
    try {
      await assertInside(path);
      // Both at once: an asynchronous call waits for a thread, for as long as other calls are slow.
      deadline?.assertOpen();
      unlinkSync(path);
      await flushFolder(join(path, '..'));
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw diskError('a stored object cannot be deleted', error);
      await this.assertMounted();
    }
  }

  override async *list(prefix: string): AsyncGenerator<BlobEntry> {
    await this.assertMounted();
    try {
      yield* walk(this.root, prefix);
    } catch (error) {
      throw diskError('blob storage cannot be listed', error);
    }
  }

  override async urlFor(key: string, lifeS?: number): Promise<string> {
    blobHash(key);
    return this.links.sign(key, lifeS);
  }

  override async check(): Promise<void> {
    await this.assertMounted();
    try {
      const staged = await stage(join(this.root, 'tmp'), [Buffer.alloc(probeBytes)]);
      await discard(staged.path);
    } catch (error) {
      throw diskError('blob storage cannot be written', error);
    }
  }

  override async sweep(): Promise<number> {
    await this.assertMounted();
    try {
      return await sweepStaging(join(this.root, 'tmp'));
    } catch (error) {
      throw diskError('the staging folder cannot be swept', error);
    }
  }

  private async write(
    path: string,
    { sha256, rewrite = false }: BlobFacts,
    source: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  ) {
    try {
      const staged = await stage(join(this.root, 'tmp'), source);
      try {
        if (staged.sha256 !== sha256) throw wrongBytes();
        if (!rewrite && (await this.holds(path, sha256))) return { size: staged.size, written: false };
        await this.assertMounted();
        await ensureFolder(join(path, '..'));
        await assertInside(path);
        await publish(staged, path);
        return { size: staged.size, written: true };
      } finally {
        await discard(staged.path);
      }
    } catch (error) {
      if (error instanceof SourceError) throw error.cause;
      throw diskError('blob storage cannot be written', error);
    }
  }

  /** True when the right bytes are there already: read and hashed, not assumed. */
  private async holds(path: string, sha256: string): Promise<boolean> {
    try {
      const file = await openObject(path);
      if (!file) return false;
      const hash = createHash('sha256');
      await pipeline(file.createReadStream(), hash);
      return hash.digest('hex') === sha256;
    } catch (error) {
      throw diskError(reading, error);
    }
  }

  /** The object's file; null when it is surely not there: the folder is ours, and the file is not in it. */
  private async open(key: string) {
    const path = pathOfKey(this.root, key);
    try {
      const file = await openObject(path);
      if (!file) await this.assertMounted();
      return file;
    } catch (error) {
      throw diskError(reading, error);
    }
  }

  private async assertMounted(): Promise<void> {
    try {
      await access(markerOf(this.root));
    } catch (error) {
      const text = 'the storage folder is not the one that we have made: is its disk mounted?';
      throw new InfrastructureError(text, { cause: error, retryAfterMs: 5_000 });
    }
  }
}

/** Changes with every write, even with one that sets the time of the last change back. */
const versionOf = ({ ino, size, mtimeMs, ctimeMs }: Stats): string => `${ino}-${size}-${mtimeMs}-${ctimeMs}`;

const wrongBytes = (): BadPayload => new BadPayload('the bytes do not have the hash that they are to be stored under');
