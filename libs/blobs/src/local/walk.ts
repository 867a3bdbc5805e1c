import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseBlobKey } from '../blob-key.ts';
import type { BlobEntry } from '../blob-store.ts';
import { errnoOf } from './disk-error.ts';

/** Objects below `root` whose keys begin with `prefix`, in key order; folders that cannot hold one are not opened. */
export async function* walk(root: string, prefix: string, folder = 'blobs'): AsyncGenerator<BlobEntry> {
  const entries = await readdir(join(root, folder), { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory() && (`${path}/`.startsWith(prefix) || prefix.startsWith(`${path}/`)))
      yield* walk(root, prefix, path);
    else if (entry.isFile() && path.startsWith(prefix) && parseBlobKey(path) !== null) {
      const facts = await statOrNull(join(root, path));
      if (facts) yield { key: path, size: facts.size, modifiedAt: facts.mtime };
    }
  }
}

/** Null when the file went while we were walking. */
async function statOrNull(path: string) {
  try {
    return await stat(path);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  }
}
