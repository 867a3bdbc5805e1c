import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { InfrastructureError, NotFound, Refused } from '@vaultstream/contracts';
import { tempDir } from '@vaultstream/testing';
import { describeBlobStore, sample } from '../../test/compliance.ts';
import { LinkSigner } from '../links/link-signer.ts';
import { LocalBlobStore } from './local-blob-store.ts';

const links = new LinkSigner({ secretsKeys: [randomBytes(32)], expiresS: 60 });
let folder: Awaited<ReturnType<typeof tempDir>>;
let root: string;

beforeEach(async () => {
  folder = await tempDir();
  root = join(folder.path, 'storage');
});
afterEach(() => folder.remove());

const open = () => LocalBlobStore.open(root, links);

describeBlobStore('LocalBlobStore', open, (key, bytes) => writeFile(join(root, key), bytes));

describe('LocalBlobStore', () => {
  it('keeps files from other users: 0600 in 0700', async () => {
    const store = await open();
    const { bytes, key, facts } = sample();
    await store.put(key, bytes, facts);
    expect((await stat(join(root, key))).mode & 0o777).toBe(0o600);
    expect((await stat(dirname(join(root, key)))).mode & 0o777).toBe(0o700);
    expect((await stat(root)).mode & 0o777).toBe(0o700);
  });

  it('leaves nothing in the staging folder, whatever happens', async () => {
    const store = await open();
    const { bytes, key, facts } = sample();
    await store.put(key, bytes, facts);
    await store.put(key, bytes, facts);
    await expect(store.put(key, randomBytes(10), facts)).rejects.toThrow();
    await store.check();
    expect(await readdir(join(root, 'tmp'))).toEqual([]);
  });

  it('A13: follows no symbolic link, and a put replaces one', async () => {
    const store = await open();
    const { bytes, key, facts } = sample();
    const secret = join(folder.path, 'secret');
    await writeFile(secret, 'secret');
    await mkdir(dirname(join(root, key)), { recursive: true });
    await symlink(secret, join(root, key));
    expect(await store.head(key)).toBeNull();
    await expect(store.get(key)).rejects.toBeInstanceOf(NotFound);
    await store.put(key, bytes, facts);
    expect(await readFile(secret, 'utf8')).toBe('secret');
    expect(await buffer((await store.get(key)).stream)).toEqual(bytes);
  });

  it('A13: goes through no folder that is a symbolic link', async () => {
    const store = await open();
    const { bytes, key, facts } = sample();
    const outside = join(folder.path, 'outside', key.slice(16, 18));
    await mkdir(outside, { recursive: true });
    await writeFile(join(outside, key.slice(19)), bytes);
    await symlink(join(folder.path, 'outside'), join(root, key.slice(0, 15)));
    await expect(store.head(key)).rejects.toBeInstanceOf(Refused);
    await expect(store.get(key)).rejects.toBeInstanceOf(Refused);
    await expect(store.put(key, bytes, facts)).rejects.toBeInstanceOf(Refused);
    await expect(store.delete(key)).rejects.toBeInstanceOf(Refused);
    expect(await readdir(outside)).toHaveLength(1);
  });

  it('behaviour 62: a disk that is not mounted is never "missing"', async () => {
    const store = await open();
    const { bytes, key, facts } = sample();
    await store.put(key, bytes, facts);
    await rename(root, `${root}.away`);
    for (const state of ['gone', 'empty']) {
      if (state === 'empty') await mkdir(join(root, 'blobs', 'sha256'), { recursive: true });
      await expect(store.head(key)).rejects.toBeInstanceOf(InfrastructureError);
      await expect(store.get(key)).rejects.toBeInstanceOf(InfrastructureError);
      await expect(store.delete(key)).rejects.toBeInstanceOf(InfrastructureError);
      await expect(store.put(key, bytes, facts)).rejects.toBeInstanceOf(InfrastructureError);
      await expect(store.list('blobs/').next()).rejects.toBeInstanceOf(InfrastructureError);
      await expect(store.check()).rejects.toBeInstanceOf(InfrastructureError);
    }
    await rm(root, { recursive: true });
    await rename(`${root}.away`, root);
    expect(await store.head(key)).toEqual({ size: 1_000 });
  });

  it('J33: says in one line what is wrong with a folder that cannot be used', async () => {
    await writeFile(root, 'a file');
    await expect(open()).rejects.toThrow(
      /^the storage folder .*storage cannot be used: the system says (EEXIST|ENOTDIR)$/,
    );
  });

  it('C5: an object without a row is only an orphan: it is listed, and a later put takes it as it is', async () => {
    const { bytes, key, facts } = sample();
    await (await open()).put(key, bytes, facts);
    const later = await open();
    expect(await later.put(key, bytes, facts)).toEqual({ size: 1_000, written: false });
    expect((await later.list(key).next()).value).toMatchObject({ key, size: 1_000 });
  });

  it('hashes what it stores', async () => {
    const store = await open();
    const { bytes, key, facts } = sample(50_000);
    await store.put(key, bytes, facts);
    const stored = await readFile(join(root, key));
    expect(createHash('sha256').update(stored).digest('hex')).toBe(facts.sha256);
  });
});
