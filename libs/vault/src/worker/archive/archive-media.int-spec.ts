import { createHash, randomBytes } from 'node:crypto';
import { readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Later, NotFound } from '@vaultstream/contracts';
import { Env } from '@vaultstream/runtime';
import { Events } from '@vaultstream/store';
import { photo, pngOf } from '../../../test/pictures.ts';
import { openRig, type Rig } from '../../../test/rig.ts';
import { ImageConverter } from '../convert/image-converter.ts';
import { PictureStorer, sha256Of } from './picture-storer.ts';

let rig: Rig;
/** What the server answers, by path. */
const files = new Map<string, { bytes: Buffer | string; type?: string; status?: number }>();
let serial = 0;

beforeAll(async () => {
  rig = await openRig((request, response) => {
    const file = files.get(request.url ?? '');
    response.writeHead(file?.status ?? (file ? 200 : 404), { 'content-type': file?.type ?? 'image/jpeg' });
    response.end(file?.bytes ?? 'not here');
  });
}, 60_000);
afterAll(() => rig.close());
beforeEach(() => files.clear());

/** Serves a new picture. */
async function serve(path: string): Promise<Buffer> {
  const bytes = await photo(60, 40, ++serial).jpeg().toBuffer();
  files.set(path, { bytes });
  return bytes;
}

const eventsOf = async (contentId: number): Promise<string[]> =>
  (
    await rig.db.client.$queryRaw<
      { type: string }[]
    >`SELECT type FROM events WHERE content_id = ${contentId} ORDER BY id`
  ).map(({ type }) => type);
const plansOf = (contentId: number): Promise<number> =>
  rig.db.client.task.count({ where: { name: 'delivery.plan', contentId } });

const archive = { enabled: true, maxImages: 100 };
const retry = (id: number, force: boolean) => rig.db.transact((tx) => rig.contents.requeue(tx, id, { force, archive }));
async function share(id: number): Promise<void> {
  const { platform, canonicalUrl: url } = await rig.contentRow(id);
  const canonical = { platform, url, platformId: null, contentType: null };
  await rig.db.transact((tx) => rig.contents.share(tx, { canonical, url, tags: [] }));
}
/** The page is read again, and shows the same picture. */
async function reread(id: number): Promise<void> {
  await retry(id, true);
  const [media] = await rig.db.client.media.findMany({ where: { contentId: id } });
  await rig.parse(id, [{ kind: 'image', url: media!.originUrl }]);
}

describe('media.archive', () => {
  it('behaviours 20, 22: stores WebP under its own hash, with its size, and settles the content', async () => {
    const original = await serve('/a.jpg');
    const { contentId, mediaIds } = await rig.content(['/a.jpg']);
    expect(await rig.archive(contentId, mediaIds[0]!)).toBeNull();
    const media = await rig.row(mediaIds[0]!);
    expect(media).toMatchObject({ status: 'stored', originalSha256: sha256Of(original), error: null });
    const blob = await rig.blobs.describe(media.blobSha256!);
    expect(blob).toMatchObject({ state: 'live', mime: 'image/webp', width: 60, height: 40, references: 1 });
    const stored = await readFile(join(rig.folder.path, blob!.key));
    expect(createHash('sha256').update(stored).digest('hex')).toBe(media.blobSha256);
    expect(stored.length).toBe(blob!.size);
    expect(await rig.contentRow(contentId)).toMatchObject({ archiveStatus: 'ready' });
    expect(await eventsOf(contentId)).toEqual(expect.arrayContaining(['media.stored', 'content.settled']));
    expect(await plansOf(contentId)).toBe(1);
  });

  it('sends the referer of the page that shows the picture', async () => {
    await serve('/ref.jpg');
    const { contentId, mediaIds } = await rig.content(['/ref.jpg']);
    await rig.archive(contentId, mediaIds[0]!);
    expect(rig.server.requests.at(-1)?.headers.referer).toBe(`${rig.server.url}/`);
  });

  it('I12, behaviour 21: two workers, one picture: one object, two references, both settled', async () => {
    const bytes = await serve('/x.jpg');
    files.set('/y.jpg', { bytes });
    const [one, two] = [await rig.content(['/x.jpg']), await rig.content(['/y.jpg'])];
    const results = await Promise.all([
      rig.archive(one.contentId, one.mediaIds[0]!, rig.worker()),
      rig.archive(two.contentId, two.mediaIds[0]!, rig.worker()),
    ]);
    expect(results).toEqual([null, null]);
    const [first, second] = [await rig.row(one.mediaIds[0]!), await rig.row(two.mediaIds[0]!)];
    expect(first.blobSha256).toBe(second.blobSha256);
    expect(await rig.blobs.describe(first.blobSha256!)).toMatchObject({ state: 'live', references: 2 });
    const keys: string[] = [];
    for await (const { key } of rig.store.list('blobs/')) if (key.includes(first.blobSha256!)) keys.push(key);
    expect(keys).toHaveLength(1);
  });

  it('a known original is not converted again', async () => {
    const bytes = await serve('/known.jpg');
    const first = await rig.content(['/known.jpg']);
    await rig.archive(first.contentId, first.mediaIds[0]!);
    files.set('/again.jpg', { bytes });
    const second = await rig.content(['/again.jpg']);
    const unusable = new ImageConverter();
    await unusable.stop();
    const worker = rig.worker({ storer: new PictureStorer(rig.blobs, rig.store, unusable, 80) });
    expect(await rig.archive(second.contentId, second.mediaIds[0]!, worker)).toBeNull();
    expect((await rig.row(second.mediaIds[0]!)).blobSha256).toBe((await rig.row(first.mediaIds[0]!)).blobSha256);
  });

  it('C6: a known original whose object has vanished or shrunk is stored again', async () => {
    await serve('/heal.jpg');
    const first = await rig.content(['/heal.jpg']);
    await rig.archive(first.contentId, first.mediaIds[0]!);
    const { key } = (await rig.blobs.describe((await rig.row(first.mediaIds[0]!)).blobSha256!))!;
    const size = (await rig.store.head(key))!.size;
    for (const harm of [() => rm(join(rig.folder.path, key)), () => truncate(join(rig.folder.path, key), 10)]) {
      await harm();
      const again = await rig.content(['/heal.jpg']);
      expect(await rig.archive(again.contentId, again.mediaIds[0]!)).toBeNull();
      expect(await rig.store.head(key)).toEqual({ size });
    }
  });

  it.each([
    ['a retry', (id: number) => retry(id, false)],
    ['a re-share', (id: number) => share(id)],
    ['a forced re-read', (id: number) => reread(id)],
  ])('C7: after %s, a picture whose bytes are damaged is fetched and stored again', async (_, ask) => {
    const path = `/damaged-${randomBytes(4).toString('hex')}.jpg`;
    await serve(path);
    const { contentId, mediaIds } = await rig.content([path]);
    const mediaId = mediaIds[0]!;
    await rig.archive(contentId, mediaId);
    const { blobSha256 } = await rig.row(mediaId);
    const found = (await rig.blobs.describe(blobSha256!))!;
    const right = await readFile(join(rig.folder.path, found.key));
    await writeFile(join(rig.folder.path, found.key), randomBytes(right.length));
    const waiting = () => rig.db.client.task.count({ where: { dedupeKey: `media.archive:${mediaId}` } });
    // As long as nobody has found out, there is nothing to do.
    await rig.db.client.task.deleteMany({ where: { contentId } });
    await ask(contentId);
    expect(await waiting()).toBe(0);
    expect(await rig.blobs.markDamaged((await rig.blobs.findByKey(found.key))!, 'altered')).toBe(true);
    await ask(contentId);
    expect(await waiting()).toBe(1);
    // While it cannot be had, what there is stays: the rest of a damaged picture is more than nothing.
    const file = files.get(path)!;
    files.set(path, { bytes: 'gone', status: 404 });
    expect(await rig.archive(contentId, mediaId)).toBeInstanceOf(NotFound);
    expect(await rig.row(mediaId)).toMatchObject({ status: 'stored', blobSha256 });
    files.set(path, file);
    expect(await rig.archive(contentId, mediaId)).toBeNull();
    expect(await rig.row(mediaId)).toMatchObject({ status: 'stored', blobSha256 });
    expect(await rig.blobs.describe(blobSha256!)).toMatchObject({ state: 'live', references: 1 });
    expect(await readFile(join(rig.folder.path, found.key))).toEqual(right);
    const { items } = await new Events(rig.db).timeline(contentId, { limit: 100 });
    const told = items.map(({ type }) => type).filter((type) => type.startsWith('blob.'));
    expect(told).toEqual(['blob.damaged', 'blob.repaired']);
  });

  it('9: a picture whose bytes are just being deleted waits, and the timeline says for what and until when, once', async () => {
    await serve('/deleted.jpg');
    const first = await rig.content(['/deleted.jpg']);
    await rig.archive(first.contentId, first.mediaIds[0]!);
    const sha256 = (await rig.row(first.mediaIds[0]!)).blobSha256!;
    await rig.db.client.media.deleteMany({ where: { contentId: first.contentId } });
    const now = new Date();
    const outstanding = { state: 'deleted', condemnedAt: now, deletedAt: now, claimedUntil: null };
    await rig.db.client.blob.update({ where: { sha256 }, data: outstanding });
    await rig.db.client.blobVariant.deleteMany({ where: { blobSha256: sha256 } });
    const { contentId, mediaIds } = await rig.content(['/deleted.jpg']);
    for (let run = 0; run < 2; run++) expect(await rig.archive(contentId, mediaIds[0]!)).toBeNull();
    expect((await rig.row(mediaIds[0]!)).status).toBe('pending');
    const { items } = await new Events(rig.db).timeline(contentId, { limit: 100 });
    const until = new Date(now.getTime() + 600_000).toISOString();
    expect(items.filter(({ type }) => type === 'media.waiting').map(({ payload }) => payload)).toEqual([
      { media_id: mediaIds[0], reason: 'blob_being_deleted', until },
    ]);
    await rig.db.client.blob.update({ where: { sha256 }, data: { condemnedAt: null } });
    expect(await rig.archive(contentId, mediaIds[0]!)).toBeNull();
    expect((await rig.row(mediaIds[0]!)).status).toBe('stored');
  });

  it('C7: what was read before a repair does not mark the repaired bytes as damaged', async () => {
    await serve('/race.jpg');
    const first = await rig.content(['/race.jpg']);
    await rig.archive(first.contentId, first.mediaIds[0]!);
    const { key } = (await rig.blobs.describe((await rig.row(first.mediaIds[0]!)).blobSha256!))!;
    const seen = (await rig.blobs.findByKey(key))!;
    const again = await rig.content(['/race.jpg']);
    await rig.archive(again.contentId, again.mediaIds[0]!);
    expect(await rig.blobs.markDamaged(seen, 'altered')).toBe(false);
    expect((await rig.blobs.findByKey(key))?.state).toBe('live');
  });

  it('C7: a storer that has taken damaged bytes for good ones begins anew', async () => {
    await serve('/taken.jpg');
    const { contentId, mediaIds } = await rig.content(['/taken.jpg']);
    await rig.archive(contentId, mediaIds[0]!);
    const sha256 = (await rig.row(mediaIds[0]!)).blobSha256!;
    const { key } = (await rig.blobs.describe(sha256))!;
    await rig.blobs.claim((await rig.blobs.findByKey(key))!);
    await rig.blobs.markDamaged((await rig.blobs.findByKey(key))!, 'altered');
    await expect(rig.db.transact((tx) => rig.blobs.markLive(tx, sha256))).rejects.toBeInstanceOf(Later);
  });

  it('behaviour 24: one broken picture fails alone; the others are stored and the content settles as partial', async () => {
    const good = await serve('/good.jpg');
    files.set('/cut.jpg', { bytes: good.subarray(0, good.length - 40) });
    files.set('/bomb.png', { bytes: pngOf(30_000, 30_000) });
    files.set('/page.jpg', { bytes: '<!doctype html><html><body>gone</body></html>' });
    files.set('/x.svg', {
      bytes: '<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>',
      type: 'image/svg+xml',
    });
    files.set('/empty.jpg', { bytes: '' });
    files.set('/denied.jpg', { bytes: 'no', status: 403 });
    const paths = [
      '/good.jpg',
      '/cut.jpg',
      '/bomb.png',
      '/page.jpg',
      '/x.svg',
      '/empty.jpg',
      '/denied.jpg',
      '/missing.jpg',
    ];
    const { contentId, mediaIds } = await rig.content(paths);
    const errors: (string | null)[] = [];
    for (const id of mediaIds) errors.push((await rig.archive(contentId, id))?.name ?? null);
    expect(errors).toEqual([
      null,
      'BadPayload',
      'BadPayload',
      'Unsupported',
      'Unsupported',
      'BadPayload',
      'AccessDenied',
      'NotFound',
    ]);
    const rows = await Promise.all(mediaIds.map((id) => rig.row(id)));
    expect(rows.map(({ status }) => status)).toEqual(['stored', ...Array<string>(7).fill('failed')]);
    expect(rows.map(({ errorType }) => errorType)).toEqual(errors);
    // The hash of the original is kept wherever there were bytes.
    expect(rows.map(({ originalSha256 }) => originalSha256 !== null)).toEqual([
      true,
      true,
      true,
      true,
      true,
      false,
      false,
      false,
    ]);
    expect(await rig.contentRow(contentId)).toMatchObject({ status: 'PULLED', archiveStatus: 'partial' });
    expect(await plansOf(contentId)).toBe(1);
  });

  it('S16: the bytes decide what a picture is, not its header', async () => {
    await serve('/lies.jpg');
    files.set('/lies.jpg', { ...files.get('/lies.jpg')!, type: 'text/html' });
    const { contentId, mediaIds } = await rig.content(['/lies.jpg']);
    expect(await rig.archive(contentId, mediaIds[0]!)).toBeNull();
  });

  it('behaviour 26: fetches nothing from private addresses', async () => {
    const { contentId, mediaIds } = await rig.content(['/a.jpg']);
    await rig.db.client.media.update({
      where: { id: mediaIds[0]! },
      data: { originUrl: 'http://169.254.169.254/a.jpg' },
    });
    expect(await rig.archive(contentId, mediaIds[0]!)).toMatchObject({ name: 'Refused' });
  });

  it('behaviour 19: skips when archiving is switched off, and settles', async () => {
    const { contentId, mediaIds } = await rig.content(['/off.jpg']);
    const env = Env.load({ ENABLE_ARCHIVE_MEDIA_PROCESSING: 'false' });
    const before = rig.server.requests.length;
    expect(await rig.archive(contentId, mediaIds[0]!, rig.worker({ env }))).toBeNull();
    expect(await rig.row(mediaIds[0]!)).toMatchObject({ status: 'skipped', error: 'archiving is switched off' });
    expect(rig.server.requests).toHaveLength(before);
    expect(await plansOf(contentId)).toBe(1);
  });

  it('behaviour 59: ends quietly when the picture or its content is gone, done or of an earlier parse', async () => {
    await serve('/q.jpg');
    const { contentId, mediaIds } = await rig.content(['/q.jpg']);
    expect(await rig.archive(contentId, '0190a000-0000-7000-8000-000000000000')).toBeNull();
    await rig.db.client.content.update({ where: { id: contentId }, data: { parseGeneration: 9 } });
    expect(await rig.archive(contentId, mediaIds[0]!)).toBeNull();
    await rig.db.client.content.update({
      where: { id: contentId },
      data: { parseGeneration: 1, deletedAt: new Date() },
    });
    expect(await rig.archive(contentId, mediaIds[0]!)).toBeNull();
    expect((await rig.row(mediaIds[0]!)).status).toBe('pending');
    await rig.db.client.content.update({ where: { id: contentId }, data: { deletedAt: null } });
    expect(await rig.archive(contentId, mediaIds[0]!)).toBeNull();
    expect((await rig.row(mediaIds[0]!)).status).toBe('stored');
    const before = rig.server.requests.length;
    expect(await rig.archive(contentId, mediaIds[0]!)).toBeNull();
    expect(rig.server.requests).toHaveLength(before);
  });

  it('a content that is deleted while its picture is fetched gets nothing, and the blob stays unreferenced', async () => {
    await serve('/late.jpg');
    const { contentId, mediaIds } = await rig.content(['/late.jpg']);
    const context = rig.contextOf();
    const commit: typeof context.commit = async (work) => {
      await rig.db.client.content.update({ where: { id: contentId }, data: { deletedAt: new Date() } });
      return await context.commit(work);
    };
    await rig.worker().run({ media_id: mediaIds[0]!, content_id: contentId }, { ...context, commit });
    expect(await rig.row(mediaIds[0]!)).toMatchObject({ status: 'pending', blobSha256: null });
  });

  it('a replayed dead letter stores the picture after all', async () => {
    const { contentId, mediaIds } = await rig.content(['/slow.jpg']);
    expect(await rig.archive(contentId, mediaIds[0]!)).toMatchObject({ name: 'NotFound' });
    expect(await rig.contentRow(contentId)).toMatchObject({ archiveStatus: 'partial' });
    await serve('/slow.jpg');
    expect(await rig.archive(contentId, mediaIds[0]!)).toBeNull();
    expect(await rig.row(mediaIds[0]!)).toMatchObject({ status: 'stored', error: null, errorType: null });
    expect(await rig.contentRow(contentId)).toMatchObject({ archiveStatus: 'ready' });
    expect(await plansOf(contentId)).toBe(1);
  });
});
