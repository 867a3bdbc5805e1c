import { constants } from 'node:fs';
import { open, realpath, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

/** Names of folders and files that the old version made; nothing else is looked for. */
const safeKey = /^(?:[A-Za-z0-9_-][A-Za-z0-9._-]*\/){0,8}[A-Za-z0-9_-][A-Za-z0-9._-]*$/;
const hashName = /([0-9a-f]{64})\.([a-z0-9]{1,5})$/;

/** A file of the old version that is open for reading. */
export interface StoredFile {
  handle: FileHandle;
  /** Bytes. */
  size: number;
  /** Hex: what its name promises; null for a name that promises nothing. */
  sha256: string | null;
  /** Lower case, without the dot. */
  extension: string;
}

/** unsafe: the key leads, or would lead, out of the folder. missing: there is no such file. */
export type Lookup = StoredFile | 'unsafe' | 'missing';

/** The media folder of the old version. Nothing outside of it is ever opened, whatever a key or a link in it says. */
export class MediaFolder {
  private constructor(private readonly root: string) {}

  /** Null when there is no such folder. */
  static async open(folder: string): Promise<MediaFolder | null> {
    try {
      return new MediaFolder(await realpath(folder));
    } catch {
      return null;
    }
  }

  /**
   * Opens the file of a key, in either layout: `ab/cd/<sha>.webp` or `vaultstream/blobs/sha256/ab/cd/<sha>.webp`. The caller closes it.
   */
  async find(storedKey: string): Promise<Lookup> {
    const key = storedKey.replace(/^\/+/, '').replace(/^media\//, '');
    if (!safeKey.test(key)) return 'unsafe';
    const [name, sha256 = null, extension = key.split('.').at(-1)?.toLowerCase() ?? ''] = hashName.exec(key) ?? [];
    const sharded = name === undefined ? [] : [`${name.slice(0, 2)}/${name.slice(2, 4)}/${name}`];
    const places = [
      key,
      ...sharded.flatMap((path) => [path, `blobs/sha256/${path}`, `vaultstream/blobs/sha256/${path}`]),
    ];
    let worst: Lookup = 'missing';
    for (const place of new Set(places)) {
      const found = await this.openInside(place);
      if (found === 'unsafe') worst = 'unsafe';
      else if (found !== 'missing') return { ...found, sha256, extension };
    }
    return worst;
  }

  private async openInside(place: string): Promise<Pick<StoredFile, 'handle' | 'size'> | 'unsafe' | 'missing'> {
    const path = join(this.root, place);
    let handle: FileHandle;
    try {
      // A link on the way, even to the inside, is not one that the old version made.
      if ((await realpath(path)) !== path) return 'unsafe';
      // Without NONBLOCK a named pipe would wait for a writer.
      handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    } catch {
      return 'missing';
    }
    const info = await handle.stat();
    if (info.isFile()) return { handle, size: info.size };
    await handle.close();
    return 'unsafe';
  }
}
