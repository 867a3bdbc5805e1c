import { lstat, readFile, realpath, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { embeddedMajor } from '@vaultstream/store/embedded';

/**
 * Puts the database of another major of Postgres aside, which this one cannot open: its files stay beside it.
 * @returns Where they are now; null when there is nothing to put aside.
 */
export async function putOtherMajorAside(dataDir: string): Promise<string | null> {
  const inside = join(dataDir, 'postgres');
  const theirs = (await readFile(join(inside, 'PG_VERSION'), 'utf8').catch(() => '')).trim();
  if (theirs === '' || theirs === (await embeddedMajor())) return null;
  const cluster = await realpath(inside);
  const aside = `${cluster}-made-by-${theirs}`;
  await rename(cluster, aside);
  // As root the cluster may live elsewhere, and this is a link to where it was.
  if (await lstat(inside).catch(() => null)) await rm(inside);
  return aside;
}
