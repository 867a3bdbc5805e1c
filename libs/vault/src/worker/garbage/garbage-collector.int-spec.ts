import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { blobKey, LinkSigner, openBlobStore, type BlobStore, type Deadline } from '@vaultstream/blobs';
import { InfrastructureError, Later } from '@vaultstream/contracts';
import { Env } from '@vaultstream/runtime';
import { Blobs, Database } from '@vaultstream/store';
import {
  eventually,
  newBucket,
  ownS3IsHere,
  tempDir,
  testDatabase,
  TestS3,
  type TestDatabase,
} from '@vaultstream/testing';
import { GarbageCollector } from './garbage-collector.ts';

/** Waits of days, as milliseconds. A delete may be under way for longer to an S3 than to a disk. */
const quickly = {
  local: { claimMs: 200, deleteInFlightMs: 100, sendWithinMs: 60 },
  s3: { claimMs: 1_500, deleteInFlightMs: 1_200, sendWithinMs: 600 },
};
/** These tests delete most of what there is. */
const cap = { share: 1, least: 1_000_000, most: 1_000_000 };
const backends = ownS3IsHere() ? (['local', 's3'] as const) : (['local'] as const);

let database: TestDatabase;
let folder: Awaited<ReturnType<typeof tempDir>>;
let db: Database;
let s3: TestS3 | undefined;
let store: BlobStore;
let contentId: number;

beforeAll(async () => {
  [database, folder] = await Promise.all([testDatabase(), tempDir()]);
  db = new Database({ url: database.url });
  if (ownS3IsHere()) s3 = await TestS3.start();
  const url = 'https://example.com/';
  contentId = (await db.client.content.create({ data: { platform: 'web', url, canonicalUrl: url } })).id;
}, 60_000);
afterAll(async () => {
  await db.close();
  await Promise.all([database.drop(), folder.remove(), s3?.remove()]);
});

const openStore = (backend: (typeof backends)[number]): Promise<BlobStore> => {
  const at = {
    STORAGE_BACKEND: backend,
    STORAGE_LOCAL_ROOT: folder.path,
    STORAGE_S3_ENDPOINT: s3?.endpoint,
    STORAGE_S3_BUCKET: newBucket(),
    STORAGE_S3_ACCESS_KEY: s3?.accessKey,
    STORAGE_S3_SECRET_KEY: s3?.secretKey,
  };
  return openBlobStore(Env.load(at), new LinkSigner({ secretsKeys: [randomBytes(32)], expiresS: 60 }));
};

const describeBytes = (bytes: Buffer) => {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const key = blobKey(sha256, 'webp');
  return { sha256, key, mime: 'image/webp', size: bytes.length, width: 1, height: 1 };
};

/** What a storer does: claim, put, verify, refer. Answers the media row. */
async function storeAndRefer(blobs: Blobs, bytes: Buffer): Promise<string> {
  const blob = describeBytes(bytes);
  await blobs.claim(blob);
  await store.put(blob.key, bytes, blob);
  const id = randomUUID();
  await db.transact(async (tx) => {
    const row = {
      id,
      contentId,
      parseGeneration: 1,
      position: 0,
      kind: 'image',
      originUrl: `https://example.com/${id}`,
    };
    await (tx as unknown as typeof db.client).media.create({
      data: { ...row, status: 'stored', blobSha256: blob.sha256 },
    });
    await blobs.markLive(tx, blob.sha256);
  });
  return id;
}

const dropReference = (id: string) => db.client.media.delete({ where: { id } });
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Makes a blob look as if nobody had touched it for long. */
const age = (sha256: string) => db.client.$executeRaw`
  UPDATE blobs SET touched_at = now() - interval '3 days', claimed_until = now() - interval '3 days',
    condemned_at = CASE WHEN condemned_at IS NULL THEN NULL ELSE now() - interval '2 days' END,
    deleted_at = CASE WHEN deleted_at IS NULL THEN NULL ELSE now() - interval '2 days' END
  WHERE sha256 = ${sha256}`;

describe.each(backends)('GarbageCollector on %s', (backend) => {
  const { sendWithinMs, ...quick } = quickly[backend];
  const times = { graceMs: 20, delayMs: 20, resendMs: 2_000, sendWithinMs, tombstoneMs: 60_000 };
  beforeAll(async () => {
    store = await openStore(backend);
  });

  it('behaviour 27: deletes in two phases what nothing refers to, and keeps a tombstone', async () => {
    const blobs = new Blobs(db);
    const collector = new GarbageCollector(blobs, store, {}, cap);
    const bytes = randomBytes(100);
    const { sha256, key } = describeBytes(bytes);
    const media = await storeAndRefer(blobs, bytes);
    await age(sha256);
    expect(await collector.collect()).toMatchObject({ condemned: 0, deleted: 0 });
    await dropReference(media);
    expect(await collector.collect({ dryRun: true })).toMatchObject({ condemned: 1 });
    expect(await blobs.describe(sha256)).toMatchObject({ state: 'live' });
    expect(await collector.collect()).toMatchObject({ condemned: 1, deleted: 0 });
    expect(await collector.collect()).toMatchObject({ condemned: 0, deleted: 0 });
    expect(await store.head(key)).toEqual({ size: 100 });
    await age(sha256);
    expect(await collector.collect()).toMatchObject({ deleted: 1, bytes: 100 });
    expect(await store.head(key)).toBeNull();
    expect(await blobs.describe(sha256)).toMatchObject({ state: 'deleted' });
    // The delete is through, so nobody has to wait for it.
    expect(await blobs.claim(describeBytes(bytes))).toMatchObject({ state: 'claimed' });
  });

  it('drops a tombstone when its time is over', async () => {
    const blobs = new Blobs(db);
    const { sha256 } = describeBytes(randomBytes(10));
    const key = blobKey(sha256, 'webp');
    await db.client.blob.create({
      data: { sha256, key, mime: 'image/webp', size: 1, state: 'deleted', deletedAt: new Date() },
    });
    await new GarbageCollector(blobs, store, {}, cap).collect();
    expect(await blobs.describe(sha256)).not.toBeNull();
    await age(sha256);
    await new GarbageCollector(blobs, store, {}, cap).collect();
    expect(await blobs.describe(sha256)).toBeNull();
  });

  it('keeps what is young, claimed or condemned and wanted again', async () => {
    const blobs = new Blobs(db);
    const collector = new GarbageCollector(blobs, store, {}, cap);
    const young = describeBytes(randomBytes(10));
    await blobs.claim(young);
    const wanted = randomBytes(10);
    await dropReference(await storeAndRefer(blobs, wanted));
    await age(describeBytes(wanted).sha256);
    expect(await collector.collect()).toMatchObject({ condemned: 1 });
    await age(describeBytes(wanted).sha256);
    await storeAndRefer(blobs, wanted);
    expect(await collector.collect()).toMatchObject({ deleted: 0 });
    expect(await blobs.describe(describeBytes(wanted).sha256)).toMatchObject({ state: 'live', references: 1 });
    expect(await blobs.describe(young.sha256)).toMatchObject({ state: 'claimed' });
  });

  /** A store whose deletes wait for `release`; the first of them has `begun`. */
  function holdingDeletes() {
    const [begun, release] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const holding = new Proxy(store, {
      get: (target, name) =>
        name === 'delete'
          ? async (key: string, deadline: Deadline) => {
              begun.resolve();
              await release.promise;
              return target.delete(key, deadline);
            }
          : (Reflect.get(target, name) as unknown),
    });
    return { holding, begun: begun.promise, release: release.resolve };
  }
  /** Bytes that are due to be deleted. */
  async function due(blobs: Blobs) {
    const bytes = randomBytes(60);
    const blob = describeBytes(bytes);
    await dropReference(await storeAndRefer(blobs, bytes));
    await db.client.blob.update({
      where: { sha256: blob.sha256 },
      data: { state: 'condemned', condemnedAt: new Date(0) },
    });
    await age(blob.sha256);
    return { bytes, ...blob };
  }

  it('9: while a delete is under way a storer waits, is told until when, and goes on as soon as it is through', async () => {
    const blobs = new Blobs(db);
    const { bytes, sha256, key } = await due(blobs);
    const { holding, begun, release } = holdingDeletes();
    const collecting = new GarbageCollector(blobs, holding, {}, cap).collect();
    await begun;
    const refused = storeAndRefer(blobs, bytes);
    await expect(refused).rejects.toMatchObject({ name: 'Later', reason: 'blob_being_deleted' });
    const later = (await refused.catch((error: unknown) => error)) as Later;
    expect(later.retryAfterMs).toBeLessThanOrEqual(5_000);
    expect(later.until?.getTime()).toBeGreaterThan(Date.now() + 500_000);
    expect(later.until?.getTime()).toBeLessThanOrEqual(Date.now() + 600_000);
    release();
    await collecting;
    await storeAndRefer(blobs, bytes);
    expect([await store.head(key), (await blobs.describe(sha256))?.state]).toEqual([{ size: 60 }, 'live']);
  });

  it('P8, 9: a collector that was paused for longer than it may take deletes nothing, whatever was stored since', async () => {
    const blobs = new Blobs(db, { claimMs: 60_000, deleteInFlightMs: 300 });
    const { bytes, key } = await due(blobs);
    const paused = holdingDeletes();
    const first = new GarbageCollector(blobs, paused.holding, { sendWithinMs: 200, resendMs: 100 }, cap).collect();
    await paused.begun;
    // Another one has it deleted meanwhile, and a storer needs not wait.
    await eventually(
      async () => (await new GarbageCollector(blobs, store, { resendMs: 100 }, cap).collect()).deleted === 1,
    );
    await storeAndRefer(blobs, bytes);
    const pausedUntil = Date.now() + 250;
    await eventually(() => Date.now() > pausedUntil);
    paused.release();
    expect((await first).deleted).toBe(0);
    expect(await store.head(key)).toEqual({ size: 60 });
  });

  it('9: who confirms an old delete does not end the tombstone of a newer one', async () => {
    const blobs = new Blobs(db);
    const { bytes, sha256 } = await due(blobs);
    const rules = { delayMs: 20, resendMs: 50, damagedMs: 40, mayDelete: 1_000_000 };
    const old = (await blobs.collector.entomb(rules))!;
    await db.client
      .$executeRaw`UPDATE blobs SET deleted_at = deleted_at - interval '1 minute' WHERE sha256 = ${sha256}`;
    const outdated = { ...old, deletedAt: new Date(old.deletedAt.getTime() - 60_000) };
    const next = (await blobs.collector.entomb(rules))!;
    await blobs.collector.confirmDeleted(outdated);
    await expect(storeAndRefer(blobs, bytes)).rejects.toBeInstanceOf(Later);
    await blobs.collector.confirmDeleted(next);
    await storeAndRefer(blobs, bytes);
  });

  it('C7: what is damaged goes once nothing refers to it for as long as anything else, and not before', async () => {
    const blobs = new Blobs(db);
    const collector = new GarbageCollector(blobs, store, {}, cap);
    const bytes = randomBytes(70);
    const { sha256, key } = describeBytes(bytes);
    const media = await storeAndRefer(blobs, bytes);
    await blobs.markDamaged((await blobs.findByKey(key))!, 'altered');
    await age(sha256);
    await collector.collect();
    expect(await blobs.describe(sha256)).toMatchObject({ state: 'damaged', references: 1 });
    await dropReference(media);
    await db.client.$executeRaw`UPDATE blobs SET touched_at = now() - interval '47 hours' WHERE sha256 = ${sha256}`;
    await collector.collect();
    expect(await blobs.describe(sha256)).toMatchObject({ state: 'damaged' });
    await age(sha256);
    await collector.collect();
    expect(await blobs.describe(sha256)).toMatchObject({ state: 'deleted' });
    expect(await store.head(key)).toBeNull();
  });

  it('a claim that has lapsed is not marked live', async () => {
    const blobs = new Blobs(db);
    const blob = describeBytes(randomBytes(10));
    await blobs.claim(blob);
    await age(blob.sha256);
    await expect(db.transact((tx) => blobs.markLive(tx, blob.sha256))).rejects.toBeInstanceOf(Later);
  });

  it('C3: a collector that is killed between tombstone and delete is caught up with; the bytes go', async () => {
    const blobs = new Blobs(db, quick);
    const bytes = randomBytes(50);
    const { sha256, key } = describeBytes(bytes);
    await dropReference(await storeAndRefer(blobs, bytes));
    const dying = new Proxy(store, {
      get: (target, name) =>
        name === 'delete'
          ? (asked: string) =>
              asked === key ? Promise.reject(new InfrastructureError('killed')) : target.delete(asked)
          : Reflect.get(target, name),
    });
    await age(sha256);
    await new GarbageCollector(blobs, dying, times, cap).collect();
    await age(sha256);
    await expect(new GarbageCollector(blobs, dying, times, cap).collect()).rejects.toBeInstanceOf(InfrastructureError);
    expect(await blobs.describe(sha256)).toMatchObject({ state: 'deleted' });
    expect(await store.head(key)).not.toBeNull();
    const patient = new GarbageCollector(blobs, store, { ...times, resendMs: 60_000 }, cap);
    await patient.collect();
    expect(await store.head(key)).not.toBeNull();
    await age(sha256);
    await patient.collect();
    expect(await store.head(key)).toBeNull();
  });

  it('C3: a collector that is killed between delete and row: the next storer puts the bytes again', async () => {
    const blobs = new Blobs(db, quick);
    const bytes = randomBytes(50);
    const { sha256, key } = describeBytes(bytes);
    await dropReference(await storeAndRefer(blobs, bytes));
    const { collector } = blobs;
    await age(sha256);
    await db.client.blob.update({ where: { sha256 }, data: { state: 'condemned', condemnedAt: new Date(0) } });
    expect(await collector.entomb({ delayMs: 20, resendMs: 200, damagedMs: 40, mayDelete: 1_000_000 })).toMatchObject({
      sha256,
    });
    await store.delete(key);
    await expect(storeAndRefer(blobs, bytes)).rejects.toBeInstanceOf(Later);
    await age(sha256);
    await storeAndRefer(blobs, bytes);
    await new GarbageCollector(blobs, store, times, cap).collect();
    expect(await store.head(key)).toEqual({ size: 50 });
  });

  it('C8: 50 storers of one hash at once: one object, 50 references', async () => {
    const blobs = new Blobs(db);
    const bytes = randomBytes(300);
    await Promise.all(Array.from({ length: 50 }, () => storeAndRefer(blobs, bytes)));
    const { sha256, key } = describeBytes(bytes);
    expect(await blobs.describe(sha256)).toMatchObject({ state: 'live', references: 50 });
    expect(await store.head(key)).toEqual({ size: 300 });
  });

  it('C1, C4: four storers and two collectors with a grace of 20 ms: no reference is ever without its bytes', async () => {
    const pictures = Array.from({ length: 20 }, () => randomBytes(200));
    const end = Date.now() + 6_000;
    let [referred, deleted] = [0, 0];

    async function storer(): Promise<void> {
      const blobs = new Blobs(db, quick);
      while (Date.now() < end) {
        const bytes = pictures[Math.floor(Math.random() * pictures.length)] ?? Buffer.alloc(0);
        try {
          const media = await storeAndRefer(blobs, bytes);
          referred++;
          // While the reference stands, the bytes must: this is the promise.
          await pause(Math.random() * 60);
          expect(await store.head(describeBytes(bytes).key)).toEqual({ size: 200 });
          await dropReference(media);
        } catch (error) {
          // A tombstone, or a claim that lapsed while this process had to wait.
          if (!(error instanceof Later)) throw error;
        }
        await pause(Math.random() * 400);
      }
    }
    async function collecting(): Promise<void> {
      const collector = new GarbageCollector(new Blobs(db, quick), store, times, cap);
      while (Date.now() < end) deleted += (await collector.collect()).deleted;
    }
    await Promise.all([storer(), storer(), storer(), storer(), collecting(), collecting()]);
    const dangling = await db.client.$queryRaw<unknown[]>`
      SELECT 1 FROM media m JOIN blobs b ON b.sha256 = m.blob_sha256 WHERE b.state = 'deleted'`;
    expect(dangling).toEqual([]);
    // The run has shown something only if both sides were busy.
    expect(referred).toBeGreaterThan(20);
    expect(deleted).toBeGreaterThan(5);
  }, 30_000);
});
