import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { emptyDatabase } from '@vaultstream/testing';
import { withClient } from '@vaultstream/store/migrate';
import { openRig, type Rig } from '../test/rig.ts';
import { findBackup, listBackups, lockBackups } from './backup-folder.ts';
import { expireBackups } from './expire-backups.ts';
import { formatManifest, readManifest } from './manifest.ts';
import { restoreBackup } from './restore-backup.ts';
import { readSecretsKeys } from './secrets-file.ts';
import { verifyBackup } from './verify-backup.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await openRig();
}, 60_000);
afterEach(() => rig.close());

const names = async () => (await readdir(rig.root)).filter((name) => name.startsWith('2')).sort();
const full = {
  name: 'InfrastructureError',
  message: expect.stringMatching(/^The disk of the backups in .* is full/),
};
const inPool = (key: string) => join(rig.root, 'files', key);

/** Changes one byte in the middle of a file. */
async function flip(path: string): Promise<void> {
  const bytes = await readFile(path);
  const at = Math.floor(bytes.length / 2);
  bytes.writeUInt8(bytes.readUInt8(at) ^ 0x01, at);
  await writeFile(path, bytes);
}

describe('a backup', () => {
  it('holds the rows of one moment and each stored file once; the next one copies only what is new', async () => {
    const first = await rig.keep('first');
    await rig.content('https://a.example/1');
    const one = await rig.backUp();
    expect(one).toMatchObject({ copied: 1, manifest: { blobs: { count: 1, blob_bytes: 5, lost: 0 } } });
    const before = await stat(inPool(first));
    await rig.keep('second');
    const two = await rig.backUp();
    expect(two).toMatchObject({ copied: 1, manifest: { blobs: { count: 2 } } });
    expect((await stat(inPool(first))).ino).toBe(before.ino);
    expect((await stat(two.folder)).mode & 0o777).toBe(0o700);
    for (const name of await readdir(two.folder)) expect((await stat(join(two.folder, name))).mode & 0o077).toBe(0);
    expect(await verifyBackup(await findBackup(rig.root))).toMatchObject({
      faults: [],
      damagedFiles: [],
      lost: 0,
      files: 2,
    });
  });

  it('comes back into an empty database and an empty vault, the same byte for byte', async () => {
    const key = await rig.keep('the picture');
    await rig.content('https://a.example/1');
    const { folder } = await rig.backUp();
    const target = await emptyDatabase();
    try {
      const vault = await rig.openVault('new');
      const how = { databaseUrl: target.url, store: vault, replace: false, nothingSentSince: false };
      expect(await restoreBackup(await findBackup(folder), how)).toMatchObject({ files: 1, lost: [] });
      expect((await buffer((await vault.get(key)).stream)).toString()).toBe('the picture');
      const rows = await withClient(target.url, (client) => client.query('SELECT url FROM contents'));
      expect(rows.rows).toEqual([{ url: 'https://a.example/1' }]);
    } finally {
      await target.drop();
    }
  }, 60_000);

  it('names the stored files that the vault does not have any more, and keeps the rest', async () => {
    const [gone, damaged] = [await rig.keep('gone'), await rig.keep('damaged')];
    await rig.keep('good');
    await rig.store.delete(gone);
    await flip(join(rig.folder, 'vault', damaged));
    const { manifest, folder } = await rig.backUp();
    expect(manifest.blobs).toMatchObject({ count: 3, lost: 2 });
    const target = await emptyDatabase();
    try {
      const how = {
        databaseUrl: target.url,
        store: await rig.openVault('new'),
        replace: false,
        nothingSentSince: true,
      };
      const restored = await restoreBackup(await findBackup(folder), how);
      expect(restored.lost.sort()).toEqual([gone, damaged].sort());
      const { rows } = await withClient(target.url, (client) =>
        client.query('SELECT key, state FROM blobs WHERE state <> $1', ['live']),
      );
      expect(rows.map((row: { key: string }) => row.key).sort()).toEqual([gone, damaged].sort());
    } finally {
      await target.drop();
    }
  }, 60_000);

  it('keeps the key for secrets under a passphrase, or says that it is not there', async () => {
    const { folder, manifest } = await rig.backUp();
    expect(manifest.secrets_key.included).toBe(true);
    expect(await readSecretsKeys(folder, 'a passphrase that is long', manifest.name)).toEqual([rig.secretsKey]);
    await expect(readSecretsKeys(folder, 'another passphrase', manifest.name)).rejects.toMatchObject({
      name: 'InvalidInput',
    });
    await expect(readSecretsKeys(folder, 'a passphrase that is long', 'another')).rejects.toMatchObject({
      name: 'InvalidInput',
    });
    for (const name of await readdir(folder)) {
      const bytes = await readFile(join(folder, name));
      expect(bytes.includes(rig.secretsKey)).toBe(false);
      expect(bytes.includes(rig.secretsKey.toString('base64'))).toBe(false);
    }
    await rm(folder, { recursive: true });
    const without = await rig.backUp({ passphrase: undefined });
    expect(without.manifest.secrets_key.included).toBe(false);
    expect(await readdir(without.folder)).not.toContain('secrets.key.json');
  });
});

describe('a flipped byte in a backup', () => {
  it('is found wherever it lies, and nothing is restored from damaged rows', async () => {
    await rig.keep('some bytes');
    await rig.content('https://a.example/1');
    const { folder } = await rig.backUp();
    const key = (await verifyBackup(await findBackup(folder))).files;
    expect(key).toBe(1);
    for (const name of await readdir(folder)) {
      const path = join(folder, name);
      const whole = await readFile(path);
      await flip(path);
      if (name === 'manifest.json') await expect(findBackup(folder)).rejects.toMatchObject({ name: 'BadPayload' });
      else {
        const backup = await findBackup(folder);
        // Only that one file needs the key that takes half a second of work to derive.
        const passphrase = name === 'secrets.key.json' ? 'a passphrase that is long' : undefined;
        const verdict = await verifyBackup(backup, { passphrase });
        expect([name, verdict.faults.length]).toEqual([name, 1]);
        if (name === 'contents.copy.gz') {
          const how = { databaseUrl: rig.database.url, store: rig.store, replace: true, nothingSentSince: true };
          await expect(restoreBackup(backup, how)).rejects.toMatchObject({
            name: 'BadPayload',
            message: expect.stringContaining(name),
          });
        }
      }
      await writeFile(path, whole);
    }
    expect(await rig.db.client.content.count()).toBe(1);
  }, 120_000);

  it('in a stored file is named, and mended by a backup that reads all again', async () => {
    const key = await rig.keep('some bytes');
    const { folder } = await rig.backUp();
    await flip(inPool(key));
    expect(await verifyBackup(await findBackup(folder))).toMatchObject({ faults: [], damagedFiles: [key] });
    const next = await rig.backUp({ recheck: true });
    expect(next.copied).toBe(1);
    expect(await verifyBackup(await findBackup(next.folder))).toMatchObject({ faults: [], damagedFiles: [] });
  });

  it('in a manifest of well-formed values is found too', async () => {
    const { folder } = await rig.backUp();
    const manifest = await readManifest(folder);
    const path = join(folder, 'manifest.json');
    const text = await readFile(path, 'utf8');
    expect(text).toBe(formatManifest(manifest));
    await writeFile(path, text.replace(/"rows": 0/, '"rows": 1'));
    await expect(readManifest(folder)).rejects.toThrow('digest');
    await writeFile(path, text.replace('"format": 1', '"format": 2'));
    await expect(readManifest(folder)).rejects.toThrow('format 2');
    await writeFile(path, text.replace('"file": "blobs.copy.gz"', '"file": "../../etc/passwd"'));
    await expect(readManifest(folder)).rejects.toMatchObject({ name: 'BadPayload' });
  });
});

describe('a backup that does not come to its end', () => {
  it('SIGKILLed at any moment leaves nothing that looks whole, and the next one sweeps up', async () => {
    for (let n = 0; n < 40; n++) await rig.keep(`picture ${n}`);
    const whole = await rig.backUp();
    await rm(join(rig.root, 'files'), { recursive: true });
    for (const killAt of [1, 20, 40, 60]) {
      const child = spawn(
        process.execPath,
        [
          ...['--import', join(import.meta.dirname, '../../../scripts/source.mjs')],
          join(import.meta.dirname, '../test/killed-child.ts'),
          ...[rig.database.url, join(rig.folder, 'vault'), rig.root],
        ],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      );
      const said: string[] = [];
      const exited = once(child, 'exit');
      createInterface({ input: child.stdout }).on('line', (line) => {
        said.push(line);
        if (said.length === killAt) child.kill('SIGKILL');
      });
      await exited;
      expect(said).not.toContain('whole');
      expect((await listBackups(rig.root)).kept.map(({ manifest }) => manifest.name)).toEqual([whole.manifest.name]);
    }
    expect((await readdir(rig.root)).some((name) => name.startsWith('.partial-'))).toBe(true);
    await rm(whole.folder, { recursive: true });
    const next = await rig.backUp();
    expect((await readdir(rig.root)).filter((name) => name.startsWith('.'))).toEqual([]);
    expect(await verifyBackup(await findBackup(next.folder))).toMatchObject({
      faults: [],
      damagedFiles: [],
      files: 40,
    });
  }, 120_000);

  it('on a full disk says so, and earlier ones stay whole', async () => {
    const small = join(rig.folder, 'small');
    await mkdir(small);
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=400k', 'none', small]).status !== 0) {
      console.warn('SKIPPED: a full disk needs a small one, and only root may mount it');
      return;
    }
    try {
      await rig.content('https://a.example/1');
      await rig.backUp({ root: small });
      // Rows that do not compress, then a stored file: both ways to fill it.
      const note = randomBytes(600_000).toString('base64');
      const { id } = await rig.db.client.content.create({
        data: { platform: 'web', url: 'u', canonicalUrl: 'u', note },
      });
      await expect(rig.backUp({ root: small })).rejects.toMatchObject(full);
      await rig.db.client.content.delete({ where: { id } });
      await rig.keep(randomBytes(600_000).toString('hex'));
      await expect(rig.backUp({ root: small })).rejects.toMatchObject(full);
      const { kept } = await listBackups(small);
      expect(kept).toHaveLength(1);
      expect(await verifyBackup(kept[0]!)).toMatchObject({ faults: [], damagedFiles: [] });
    } finally {
      spawnSync('umount', [small]);
    }
  });

  it('is refused while another one is being written, and may be tried again', async () => {
    const lock = await lockBackups(rig.root);
    await expect(rig.backUp()).rejects.toMatchObject({ name: 'Later' });
    await lock.release();
    await rig.backUp();
  });
});

describe('expireBackups', () => {
  it('keeps seven days, the newest one, and what a person has asked for; then the files that these name', async () => {
    const old = await rig.keep('old');
    const one = await rig.backUp();
    await rig.db.client.blob.deleteMany();
    const now = new Date(Date.now() + 8 * 86_400_000);
    // It is the newest: a machine that was off for a month still has it.
    expect(await expireBackups(rig.root, 7, now)).toEqual({ backups: [], files: 0 });
    const two = await rig.backUp({ kind: 'manual' });
    expect(await expireBackups(rig.root, 7, new Date())).toEqual({ backups: [], files: 0 });
    expect(await expireBackups(rig.root, 7, now)).toEqual({ backups: [one.manifest.name], files: 1 });
    await expect(stat(inPool(old))).rejects.toThrow('ENOENT');
    await rig.backUp();
    expect(await expireBackups(rig.root, 7, now)).toEqual({ backups: [], files: 0 });
    expect(await names()).toContain(two.manifest.name);
  });

  it('removes no file while it cannot tell which are named', async () => {
    const key = await rig.keep('old');
    const one = await rig.backUp();
    await rig.db.client.blob.deleteMany();
    await flip(join(one.folder, 'manifest.json'));
    await rig.backUp();
    expect(await expireBackups(rig.root, 7, new Date(Date.now() + 30 * 86_400_000))).toEqual({ backups: [], files: 0 });
    await stat(inPool(key));
  });
});
