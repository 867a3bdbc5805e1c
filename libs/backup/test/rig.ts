import { createHash, randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { blobKey, LinkSigner, LocalBlobStore } from '@vaultstream/blobs';
import { Database } from '@vaultstream/store';
import { tempDir, testDatabase } from '@vaultstream/testing';
import { makeBackup, type BackupOptions } from '../src/make-backup.ts';

/** A database, a vault and a folder for backups. */
export type Rig = Awaited<ReturnType<typeof openRig>>;

export async function openRig() {
  const [database, folder] = await Promise.all([testDatabase(), tempDir()]);
  const db = new Database({ url: database.url });
  const root = join(folder.path, 'backups');
  await mkdir(root);
  const secretsKey = randomBytes(32);
  const openVault = (name: string) =>
    LocalBlobStore.open(join(folder.path, name), new LinkSigner({ secretsKeys: [secretsKey], expiresS: 60 }));
  const store = await openVault('vault');

  /** Keeps bytes in the vault, as the product would. Answers their key. */
  async function keep(text: string): Promise<string> {
    const bytes = Buffer.from(text);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const key = blobKey(sha256, 'webp');
    await store.put(key, bytes, { mime: 'image/webp', sha256 });
    await db.client.blob.upsert({
      where: { sha256 },
      create: { sha256, key, mime: 'image/webp', size: bytes.length, state: 'live' },
      update: { state: 'live' },
    });
    return key;
  }

  const options: BackupOptions = {
    databaseUrl: database.url,
    store,
    root,
    kind: 'nightly',
    secretsKeys: [secretsKey],
    passphrase: 'a passphrase that is long',
  };
  const backUp = (more: Partial<BackupOptions> = {}) => makeBackup({ ...options, ...more });
  const content = (url: string) => db.client.content.create({ data: { platform: 'web', url, canonicalUrl: url } });

  async function close(): Promise<void> {
    await db.close();
    await Promise.all([database.drop(), folder.remove()]);
  }
  return {
    database,
    db,
    root,
    folder: folder.path,
    store,
    secretsKey,
    openVault,
    keep,
    options,
    backUp,
    content,
    close,
  };
}
