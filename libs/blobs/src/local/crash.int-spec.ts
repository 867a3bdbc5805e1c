import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { tempDir } from '@vaultstream/testing';
import { blobKey } from '../blob-key.ts';
import { LinkSigner } from '../links/link-signer.ts';
import { LocalBlobStore } from './local-blob-store.ts';

const links = new LinkSigner({ secretsKeys: [Buffer.alloc(32)], expiresS: 60 });
let folder: Awaited<ReturnType<typeof tempDir>>;

beforeEach(async () => {
  folder = await tempDir();
});
afterEach(() => folder.remove());

/** What the crashing child writes. */
function bytesOf(length: number): Buffer {
  const half = Math.floor(length / 2);
  return Buffer.concat([Buffer.alloc(half, 1), Buffer.alloc(length - half, 2)]);
}

function keyOf(length: number): string {
  return blobKey(createHash('sha256').update(bytesOf(length)).digest('hex'), 'webp');
}

/** Runs a writer that is killed at a moment of its write. Answers its pid. */
async function crash(moment: string, root: string, length: number): Promise<number | undefined> {
  const file = join(import.meta.dirname, '../../test/crash-child.ts');
  const child = spawn(process.execPath, [file, moment, join(root, 'tmp'), join(root, keyOf(length)), String(length)]);
  const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
  expect(signal).toBe('SIGKILL');
  return child.pid;
}

describe('LocalBlobStore and kill -9', () => {
  it('C12: 50 kills before the rename leave no file under its final name, and the next start clears the rest', async () => {
    const store = await LocalBlobStore.open(folder.path, links);
    for (let round = 0; round < 25; round++)
      await Promise.all([
        crash('before-rename', folder.path, 10_000 + round),
        crash('half-written', folder.path, 20_000 + round),
      ]);
    expect(await readdir(join(folder.path, 'tmp'))).toHaveLength(50);
    expect((await store.list('blobs/').next()).done).toBe(true);
    await LocalBlobStore.open(folder.path, links);
    expect(await readdir(join(folder.path, 'tmp'))).toEqual([]);
  }, 60_000);

  it('C12: a kill after the rename leaves the whole object', async () => {
    await LocalBlobStore.open(folder.path, links);
    await crash('after-rename', folder.path, 30_000);
    expect(await readFile(join(folder.path, keyOf(30_000)))).toEqual(bytesOf(30_000));
  });

  it('sweeps no file of a process that lives', async () => {
    const store = await LocalBlobStore.open(folder.path, links);
    const bytes = bytesOf(40_000);
    const key = keyOf(40_000);
    async function* slowly() {
      yield bytes.subarray(0, 10);
      await LocalBlobStore.open(folder.path, links);
      yield bytes.subarray(10);
    }
    const sha256 = key.slice(19, 83);
    await store.put(key, Readable.from(slowly()), { mime: 'image/webp', sha256 });
    expect(await store.head(key)).toEqual({ size: 40_000 });
  });
});
