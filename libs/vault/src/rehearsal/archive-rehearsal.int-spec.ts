import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Env } from '@vaultstream/runtime';
import { photo } from '../../test/pictures.ts';
import { openRig, type Rig } from '../../test/rig.ts';
import { ArchiveRehearsal } from './archive-rehearsal.ts';

let rig: Rig;
let picture: Buffer;
beforeAll(async () => {
  picture = await photo(60, 40, 1).jpeg().toBuffer();
  rig = await openRig((request, response) => {
    const found = { '/a.jpg': picture, '/a.html': Buffer.from('<!doctype html><p>no picture</p>') }[request.url ?? ''];
    response.writeHead(found ? 200 : 404).end(found ?? 'not here');
  });
}, 60_000);
afterAll(() => rig.close());

const rehearse = async (path: string, variables: Record<string, string> = {}, mediaId?: string) => {
  const { contentId, mediaIds } = await rig.content([path]);
  const rehearsal = new ArchiveRehearsal(Env.load(variables), rig.http, rig.media);
  const payload = { media_id: mediaId ?? mediaIds[0] ?? '', content_id: contentId };
  return rehearsal.rehearse(payload, AbortSignal.timeout(10_000));
};

describe('the rehearsal of media.archive', () => {
  it('fetches the picture, says what it is, and keeps nothing', async () => {
    const facts = { mime: 'image/jpeg', bytes: picture.length };
    expect(await rehearse('/a.jpg')).toMatchObject({ outcome: 'succeeds', facts });
    expect(await rig.db.client.blob.count()).toBe(0);
    expect(await rig.db.client.media.count({ where: { status: { not: 'pending' } } })).toBe(0);
  });

  it('fails as the task would', async () => {
    await expect(rehearse('/gone.jpg')).rejects.toMatchObject({ name: 'NotFound' });
    await expect(rehearse('/a.html')).rejects.toMatchObject({ name: 'Unsupported' });
  });

  it('says when there is nothing to do', async () => {
    const off = { ENABLE_ARCHIVE_MEDIA_PROCESSING: 'false' };
    expect(await rehearse('/a.jpg', off)).toMatchObject({ outcome: 'idle', summary: 'Archiving is switched off.' });
    const unknown = '00000000-0000-7000-8000-000000000000';
    expect(await rehearse('/a.jpg', {}, unknown)).toMatchObject({ outcome: 'idle' });
  });
});
