import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openRig, type Rig } from '../../test/rig.ts';
import { photo } from '../../test/pictures.ts';
import { SettleContentHandler } from './settle-content.handler.ts';

let rig: Rig;
beforeAll(async () => {
  const picture = await photo().jpeg().toBuffer();
  rig = await openRig((_, response) => response.end(picture));
}, 60_000);
afterAll(() => rig.close());

const plansOf = (contentId: number): Promise<number> =>
  rig.db.client.task.count({ where: { name: 'delivery.plan', contentId } });

describe('content.settle', () => {
  it('lets delivery go on without a picture that does not come, once; the late picture still counts', async () => {
    const { contentId, mediaIds } = await rig.content(['/late.jpg']);
    const settle = new SettleContentHandler(rig.contents);
    const payload = { content_id: contentId, parse_generation: 1 };
    await settle.run(payload, rig.contextOf());
    await settle.run(payload, rig.contextOf());
    expect(await rig.contentRow(contentId)).toMatchObject({ archiveStatus: 'partial' });
    expect(await plansOf(contentId)).toBe(1);
    expect(await rig.archive(contentId, mediaIds[0]!)).toBeNull();
    expect(await rig.contentRow(contentId)).toMatchObject({ archiveStatus: 'ready' });
    expect(await plansOf(contentId)).toBe(1);
  });

  it('does nothing to another parse generation', async () => {
    const { contentId } = await rig.content(['/other.jpg']);
    await new SettleContentHandler(rig.contents).run({ content_id: contentId, parse_generation: 0 }, rig.contextOf());
    expect(await rig.contentRow(contentId)).toMatchObject({ archiveStatus: 'pending' });
  });
});
