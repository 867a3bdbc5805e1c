import { rename } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { InfrastructureError } from '@vaultstream/contracts';
import { photo } from '../../../test/pictures.ts';
import { openRig, type Rig } from '../../../test/rig.ts';
import { PictureStorer } from './picture-storer.ts';
import { StorageGate } from './storage-gate.ts';

let rig: Rig;
let fetched = 0;

beforeAll(async () => {
  const bytes = await photo(60, 40, 1).jpeg().toBuffer();
  rig = await openRig((_request, response) => {
    fetched++;
    response.end(bytes);
  });
}, 60_000);
afterAll(() => rig.close());

async function picture() {
  const { contentId, mediaIds } = await rig.content(['/picture.jpg']);
  return { media_id: mediaIds[0] ?? '', content_id: contentId };
}

describe('a picture that could not be stored', () => {
  it('J33: is not fetched while the store is away', async () => {
    const payload = await picture();
    const worker = rig.worker();
    fetched = 0;
    await rename(rig.folder.path, `${rig.folder.path}.away`);
    try {
      for (let run = 0; run < 3; run++)
        await expect(worker.run(payload, rig.contextOf())).rejects.toBeInstanceOf(InfrastructureError);
    } finally {
      await rename(`${rig.folder.path}.away`, rig.folder.path);
    }
    expect(fetched).toBe(0);
  });

  it('J33: is fetched ever less often while the disk is full, once a minute in the end, and as before when it is not', async () => {
    let now = 0;
    let full = true;
    const put: typeof rig.store.put = (...args) =>
      full ? Promise.reject(new InfrastructureError('the disk is full')) : rig.store.put(...args);
    const store = Object.assign(Object.create(rig.store) as typeof rig.store, { put });
    const gate = new StorageGate(store, () => now);
    const worker = rig.worker({ gate, storer: new PictureStorer(rig.blobs, store, rig.converter, 80) });
    const payload = await picture();
    const run = () =>
      worker.run(payload, rig.contextOf()).then(
        () => null,
        (error: unknown) => error,
      );
    fetched = 0;
    const waits: unknown[] = [];
    for (let failures = 1; failures <= 7; failures++) {
      const error = await run();
      expect(error).toMatchObject({ name: 'InfrastructureError', message: 'the disk is full' });
      const { retryAfterMs = 0 } = error as InfrastructureError;
      waits.push(retryAfterMs);
      now += retryAfterMs - 1;
      expect(await run()).toMatchObject({ name: 'InfrastructureError', retryAfterMs: 1 });
      expect(fetched).toBe(failures);
      now++;
    }
    expect(waits).toEqual([2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
    full = false;
    expect(await run()).toBeNull();
    full = true;
    await expect(gate.through(() => put('', Buffer.alloc(0), { mime: '', sha256: '' }))).rejects.toMatchObject({
      retryAfterMs: 2_000,
    });
  });
});

describe('a picture that nobody waits for', () => {
  it('is archived after all when it is wanted again before its task has ended', async () => {
    const payload = await picture();
    await rig.db.client.media.update({ where: { id: payload.media_id }, data: { status: 'skipped' } });
    const context = rig.contextOf();
    const commit: typeof context.commit = async (work) => {
      // A parse wants it again, and is answered with the task that is about to go.
      await rig.db.client.media.update({ where: { id: payload.media_id }, data: { status: 'pending' } });
      return context.commit(work);
    };
    await expect(rig.worker().run(payload, { ...context, commit })).rejects.toMatchObject({ name: 'Later' });
    expect(await rig.archive(payload.content_id, payload.media_id)).toBeNull();
    expect(await rig.row(payload.media_id)).toMatchObject({ status: 'stored' });
  });
});
