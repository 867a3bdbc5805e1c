import { rename } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { BlobBytes, BlobFacts, BlobStore } from '@vaultstream/blobs';
import { InfrastructureError } from '@vaultstream/contracts';
import { photo } from '../../../test/pictures.ts';
import { openRig, type Rig } from '../../../test/rig.ts';
import { PictureStorer } from './picture-storer.ts';

let rig: Rig;
/** What the server answers, by path. */
const files = new Map<string, Buffer>();
let serial = 0;

beforeAll(async () => {
  rig = await openRig((request, response) => {
    const bytes = files.get(request.url ?? '');
    response.writeHead(bytes ? 200 : 404).end(bytes);
  });
}, 60_000);
afterAll(() => rig.close());
beforeEach(() => files.clear());

/** Serves a new picture. */
async function serve(path: string): Promise<void> {
  files.set(path, await photo(60, 40, ++serial).jpeg().toBuffer());
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
