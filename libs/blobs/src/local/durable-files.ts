import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/**
 * The three steps of a write that survives a crash: stage (write aside, flush), publish (rename, flush the folder), discard.
 * No error is translated here; the driver does that.
 */

/** A file that is written and flushed, but not yet visible under its final name. */
export interface StagedFile {
  path: string;
  /** Bytes. */
  size: number;
  /** Hex, of what was written. */
  sha256: string;
}

/** Tells this process's staged files from those of an earlier process with the same pid. */
const boot = randomUUID().slice(0, 8);

/** Names staged files: `<pid>.<boot>.<uuid>.part`. */
export const stagedName = /^(\d+)\.([0-9a-f]{8})\.[0-9a-f-]{36}\.part$/;

/** True for the name of a file that this very process has staged. */
export const isOwnStagedName = (name: string): boolean => stagedName.exec(name)?.[2] === boot;

/** Makes a folder and its parents (mode 0700) and flushes the entries that were new. */
export async function ensureFolder(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  const top = dirname(first);
  for (let folder = dirname(path); folder.length >= top.length; folder = dirname(folder)) {
    await flushFolder(folder);
    if (folder === top) return;
  }
}

/** Writes bytes into a new file (mode 0600) of `folder`, hashing on the way, and flushes it. Leaves nothing behind on an error. */
export async function stage(
  folder: string,
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<StagedFile> {
  const path = join(folder, `${process.pid}.${boot}.${randomUUID()}.part`);
  const file = await open(path, 'wx', 0o600);
  const hash = createHash('sha256');
  let size = 0;
  try {
    for await (const chunk of bytes) {
      hash.update(chunk);
      size += chunk.length;
      await file.writeFile(chunk);
    }
    await file.sync();
  } catch (error) {
    await file.close();
    await discard(path);
    throw error;
  }
  await file.close();
  return { path, size, sha256: hash.digest('hex') };
}

/** Makes a staged file visible under its final name, at once and for good. Replaces what was there. */
export async function publish(staged: StagedFile, path: string): Promise<void> {
  const folder = dirname(path);
  await ensureFolder(folder);
  await rename(staged.path, path);
  await flushFolder(folder);
}

/** Removes a staged file. One that is gone is no error. */
export async function discard(path: string): Promise<void> {
  await rm(path, { force: true });
}

/** Flushes a folder's entries to the disk. */
export async function flushFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
