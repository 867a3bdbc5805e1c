import { createHash, randomBytes } from 'node:crypto';
import { writeFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { blobKey, LinkSigner, LocalBlobStore } from '@vaultstream/blobs';
import { Blobs, Database } from '@vaultstream/store';
import { tempDir, testDatabase, type TestDatabase } from '@vaultstream/testing';
import { BlobVerifier } from './blob-verifier.ts';
import { GarbageCollector } from './garbage-collector.ts';

let database: TestDatabase;
let folder: Awaited<ReturnType<typeof tempDir>>;
let db: Database;
let store: LocalBlobStore;

beforeAll(async () => {
  [database, folder] = await Promise.all([testDatabase(), tempDir()]);
  db = new Database({ url: database.url });
  store = await LocalBlobStore.open(folder.path, new LinkSigner({ secretsKeys: [randomBytes(32)], expiresS: 60 }));
}, 60_000);
beforeEach(() => db.client.blob.deleteMany());
afterAll(async () => {
  await db.close();
  await Promise.all([database.drop(), folder.remove()]);
});

/** Blobs that nothing refers to, long since. */
async function unused(count: number, state = 'live'): Promise<void> {
  const long = new Date(Date.now() - 10 * 86_400_000);
  const rows = Array.from({ length: count }, () => {
    const sha256 = randomBytes(32).toString('hex');
    const key = blobKey(sha256, 'webp');
    const condemnedAt = state === 'condemned' ? long : null;
    return { sha256, key, mime: 'image/webp', size: 10, state, touchedAt: long, condemnedAt };
  });
  await db.client.blob.createMany({ data: rows });
}

const collector = () => new GarbageCollector(new Blobs(db), store);
const ageCondemned = () => db.client.$executeRaw`
  UPDATE blobs SET condemned_at = now() - interval '2 days' WHERE state = 'condemned'`;

describe('C13: the cap on deletion', () => {
  it('when all references are lost, a hundredth of all goes in a day, and the report says what is kept back', async () => {
    await unused(3_000);
    expect(await collector().collect()).toMatchObject({ deleted: 0, condemned: 1_000, waiting: 1_000, held: 0 });
    await ageCondemned();
    expect(await collector().collect({ dryRun: true })).toMatchObject({ deleted: 0, waiting: 1_000 });
    expect(await collector().collect()).toMatchObject({ deleted: 30, held: 970 });
    // Another run of the same day, another process, or an impatient person changes nothing.
    expect(await collector().collect()).toMatchObject({ deleted: 0, held: 970 });
    await db.client.$executeRaw`UPDATE blobs SET deleted_at = now() - interval '25 hours' WHERE state = 'deleted'`;
    expect((await collector().collect()).deleted).toBe(29);
  }, 60_000);

  it('P8: five collectors at once delete what one may', async () => {
    await unused(300, 'condemned');
    const reports = await Promise.all(Array.from({ length: 5 }, () => collector().collect()));
    expect(reports.reduce((sum, { deleted }) => sum + deleted, 0)).toBe(20);
    expect(await db.client.blob.count({ where: { state: 'deleted' } })).toBe(20);
    expect(await collector().collect()).toMatchObject({ deleted: 0, held: 280 });
  });

  it('P8: a delete that is outstanding is sent again, although the cap is used up: it was counted once', async () => {
    await unused(60, 'condemned');
    expect(await collector().collect()).toMatchObject({ deleted: 20 });
    await db.client.$executeRaw`
      UPDATE blobs SET condemned_at = deleted_at, deleted_at = now() - interval '2 hours'
      WHERE sha256 IN (SELECT sha256 FROM blobs WHERE state = 'deleted' LIMIT 3)`;
    expect(await collector().collect()).toMatchObject({ deleted: 3, held: 40 });
  });

  it('lets a small vault be tidied: 20 a day', async () => {
    await unused(50, 'condemned');
    expect(await collector().collect()).toMatchObject({ deleted: 20, held: 30 });
  });
});

describe('BlobVerifier', () => {
  it('C6, C7: names what is missing and what has changed, and touches no row', async () => {
    const keys = await Promise.all(
      Array.from({ length: 5 }, async () => {
        const bytes = randomBytes(100);
        const sha256 = createHash('sha256').update(bytes).digest('hex');
        const key = blobKey(sha256, 'webp');
        await store.put(key, bytes, { mime: 'image/webp', sha256 });
        await db.client.blob.create({ data: { sha256, key, mime: 'image/webp', size: 100, state: 'live' } });
        return key;
      }),
    );
    const verifier = new BlobVerifier(new Blobs(db), store);
    expect(await verifier.verify(10)).toEqual({ checked: 5, corrupt: [], missing: [] });
    const [altered = '', cut = '', gone = ''] = keys;
    await writeFile(join(folder.path, altered), randomBytes(100));
    await writeFile(join(folder.path, cut), randomBytes(50));
    await rm(join(folder.path, gone));
    const report = await verifier.verify(10);
    expect({ ...report, corrupt: report.corrupt.toSorted() }).toEqual({
      checked: 5,
      corrupt: [altered, cut].toSorted(),
      missing: [gone],
    });
    expect((await verifier.verify(2)).checked).toBe(2);
    expect(await db.client.blob.count({ where: { state: 'live' } })).toBe(5);
  });
});
