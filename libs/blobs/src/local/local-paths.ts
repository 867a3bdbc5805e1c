import { constants } from 'node:fs';
import { open, realpath, type FileHandle } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { Refused } from '@vaultstream/contracts';
import { blobHash } from '../blob-key.ts';
import { errnoOf } from './disk-error.ts';

/**
 * The file of a key below `root`.
 * @throws InvalidInput for a malformed key. The pattern lets no separator or dot segment through; the prefix is the second wall.
 */
export function pathOfKey(root: string, key: string): string {
  blobHash(key);
  const path = resolve(root, key);
  if (!path.startsWith(resolve(root) + sep)) throw new Refused('the key leads out of the storage folder');
  return path;
}

/**
 * Makes sure that no folder on the way to `path` (which begins with a root as `realpath` gives it) is a symbolic link.
 * @throws Refused when one is; ENOENT when the folder is not there.
 */
export async function assertInside(path: string): Promise<void> {
  const folder = dirname(path);
  if ((await realpath(folder)) !== folder)
    throw new Refused('a folder of the blob storage is a symbolic link: it is not followed');
}

/** A regular file, opened for reading; null when it is surely not there. A symbolic link or device in its place is not an object. */
export async function openObject(path: string): Promise<FileHandle | null> {
  try {
    await assertInside(path);
    // O_NONBLOCK: a pipe in the file's place must not make open() wait.
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    if ((await file.stat()).isFile()) return file;
    await file.close();
    return null;
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === 'ENOENT' || errno === 'ELOOP') return null;
    throw error;
  }
}

/** Present in every storage folder that we have made: an empty folder without it is a disk that is not mounted. */
export const markerOf = (root: string): string => join(root, '.vaultstream-storage');
