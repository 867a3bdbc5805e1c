import { createHash } from 'node:crypto';
import { readFile, rename, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type BlobStore, type BlobBytes, type BlobFacts } from '@vaultstream/blobs';
import { InfrastructureError } from '@vaultstream/contracts';
import { Env } from '@vaultstream/runtime';
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

/** A store of which one method fails. */
function broken(method: 'put' | 'head', failure: Error): BlobStore {
  return new Proxy(rig.store, {
    get: (target, name) => {
      if (name === method) return () => Promise.reject(failure);
      const member: unknown = Reflect.get(target, name);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
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
    unusable.stop();
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

describe('media.archive and a store that is away', () => {
  it('J33: a full disk is an infrastructure error, and the picture is stored when there is space again', async () => {
    await serve('/full.jpg');
    const { contentId, mediaIds } = await rig.content(['/full.jpg']);
    const full = broken('put', new InfrastructureError('the disk is full'));
    const worker = rig.worker({ storer: new PictureStorer(rig.blobs, full, rig.converter, 80) });
    const payload = { media_id: mediaIds[0]!, content_id: contentId };
    await expect(worker.run(payload, rig.contextOf())).rejects.toMatchObject({ disposition: 'infrastructure' });
    expect(await rig.row(mediaIds[0]!)).toMatchObject({ status: 'pending' });
    expect(await rig.archive(contentId, mediaIds[0]!)).toBeNull();
  });

  it('behaviour 62: a storage error is never "missing": the known picture is neither converted nor stored again', async () => {
    await serve('/away.jpg');
    const first = await rig.content(['/away.jpg']);
    await rig.archive(first.contentId, first.mediaIds[0]!);
    const second = await rig.content(['/away.jpg']);
    await rename(rig.folder.path, `${rig.folder.path}.away`);
    try {
      const payload = { media_id: second.mediaIds[0]!, content_id: second.contentId };
      await expect(rig.worker().run(payload, rig.contextOf())).rejects.toBeInstanceOf(InfrastructureError);
    } finally {
      await rename(`${rig.folder.path}.away`, rig.folder.path);
    }
    expect(await rig.archive(second.contentId, second.mediaIds[0]!)).toBeNull();
  });

  it('C5: a crash after the put and before the row leaves an orphan that the next run takes', async () => {
    await serve('/crash.jpg');
    const { contentId, mediaIds } = await rig.content(['/crash.jpg']);
    const context = { ...rig.contextOf(), commit: () => Promise.reject(new Error('killed here')) };
    const payload = { media_id: mediaIds[0]!, content_id: contentId };
    await expect(rig.worker().run(payload, context)).rejects.toThrow('killed here');
    const [orphan] = await rig.db.client.blob.findMany({ orderBy: { touchedAt: 'desc' }, take: 1 });
    expect(orphan).toMatchObject({ state: 'claimed' });
    expect(await rig.store.head(orphan!.key)).toEqual({ size: Number(orphan!.size) });
    const puts: BlobFacts[] = [];
    const counting = new Proxy(rig.store, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        if (name !== 'put') return typeof member === 'function' ? member.bind(target) : member;
        return async (key: string, bytes: BlobBytes, facts: BlobFacts) => {
          const result = await target.put(key, bytes, facts);
          if (result.written) puts.push(facts);
          return result;
        };
      },
    });
    const worker = rig.worker({ storer: new PictureStorer(rig.blobs, counting, rig.converter, 80) });
    expect(await rig.archive(contentId, mediaIds[0]!, worker)).toBeNull();
    expect(puts).toEqual([]);
    expect(await rig.blobs.describe(orphan!.sha256)).toMatchObject({ state: 'live', references: 1 });
  });
});

describe('settling through the last picture', () => {
  it('the last pictures of a content end together: it settles once, every time', async () => {
    for (let round = 0; round < 10; round++) {
      const names = ['/s1.jpg', '/s2.jpg', '/s3.jpg', '/none.jpg'];
      for (const name of names.slice(0, 3)) await serve(name);
      const { contentId, mediaIds } = await rig.content(names);
      const commits = Promise.withResolvers<void>();
      let waiting = 0;
      const runs = mediaIds.slice(0, 3).map((id) => {
        const context = rig.contextOf();
        const commit: typeof context.commit = async (work) => {
          if (++waiting === 3) commits.resolve();
          await commits.promise;
          return await context.commit(work);
        };
        return rig.worker().run({ media_id: id, content_id: contentId }, { ...context, commit });
      });
      await Promise.all([...runs, rig.archive(contentId, mediaIds[3]!)]);
      expect(await rig.contentRow(contentId)).toMatchObject({ archiveStatus: 'partial' });
      expect((await eventsOf(contentId)).filter((type) => type === 'content.settled')).toHaveLength(1);
      expect(await plansOf(contentId)).toBe(1);
    }
  }, 60_000);
});
