import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { maxExternalTargets } from '@vaultstream/store';
import { openRig, type Rig } from '../../test/rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
});
afterAll(() => rig.close());
beforeEach(async () => {
  await rig.db.client.delivery.deleteMany();
  await rig.db.client.target.deleteMany();
  await rig.db.client.content.deleteMany();
});

const mark = (content_id: number, target_platform: string) =>
  rig.call('POST', '/bot/mark-pushed', { content_id, target_platform });
const get = (target_platform: string) => rig.call('POST', '/bot/get-content', { target_platform, limit: 10 });
const externals = () => rig.db.client.target.count({ where: { kind: 'external', deletedAt: null } });
const fill = (count: number) => rig.db.client.$executeRaw`
  INSERT INTO targets (id, key, kind, name, address, enabled, disabled_reason)
  SELECT gen_random_uuid(), 'FULL_' || n, 'external', 'x', '{}', false, 'external' FROM generate_series(1, ${count}::int) n`;

describe('the keys that bots give', () => {
  it.each([
    'TG_CHANNEL_-100',
    'TG_CHANNEL_',
    'TG_CHANNEL_abc',
    'TG_CHANNEL_-0',
    'TG_CHANNEL_-100123:x',
    'TG_CHANNEL_@ab',
    'WEBHOOK_1f0c',
    'WEBHOOK_1F0C2D3E4A5B6C7D',
    ' TG_A',
    'TG A',
    'TG_A\n',
    '_A',
    '<b>',
    'TG_ä',
  ])('P7: %j is refused with the field named, before anything is handed out to push', async (key) => {
    const id = await rig.content();
    for (const answer of [await get(key), await mark(id, key)])
      expect(answer).toMatchObject({ status: 400, body: { errors: [{ path: 'body.target_platform' }] } });
    expect(await externals()).toBe(0);
  });

  it.each(['TG_CHANNEL_-1001234567890', 'TG_CHANNEL_@channel:7', 'WEBHOOK_1f0c2d3e4a5b6c7d', 'QQ_GROUP:4242', 'x'])(
    '%j is taken',
    async (key) => {
      const id = await rig.content();
      expect([(await get(key)).body[0]?.id, (await mark(id, key)).body]).toEqual([id, { created: true }]);
      expect((await get(key)).body).toEqual([]);
    },
  );

  it('two spellings of one chat are one target; one that is in use stays as it is', async () => {
    const [one, two] = [await rig.content(), await rig.content()];
    expect((await mark(one, 'TG_CHANNEL_@Some_Channel')).body).toEqual({ created: true });
    expect((await mark(one, 'TG_CHANNEL_@some_channel')).body).toEqual({ created: false });
    expect(await externals()).toBe(1);
    await rig.db.client.target.updateMany({ data: { key: 'TG_CHANNEL_@Older' } });
    expect((await mark(one, 'TG_CHANNEL_@Older')).body).toEqual({ created: false });
    expect((await get('TG_CHANNEL_@Older')).body.map(({ id }: { id: number }) => id)).toEqual([two]);
  });

  it('P7: are of a hundred external targets at most, also under many calls at once', async () => {
    await fill(maxExternalTargets - 3);
    const id = await rig.content();
    const keys = Array.from({ length: 20 }, (_, index) => `NEW_${index % 10}`);
    const answers = await Promise.all(keys.map((key) => mark(id, key)));
    expect(await externals()).toBe(maxExternalTargets);
    const counts = { taken: 0, refused: 0 };
    for (const { status, body } of answers)
      if (status === 200) counts.taken += 1;
      else {
        expect([status, body.detail]).toEqual([409, expect.stringContaining('DELETE /targets/{id}')]);
        counts.refused += 1;
      }
    expect(counts).toEqual({ taken: 6, refused: 14 });
    expect((await get('NEW_MORE')).status).toBe(409);
    // Those that are there go on, as does a target that a person has registered.
    expect((await get('FULL_1')).status).toBe(200);
    expect((await mark(id, 'FULL_1')).body).toEqual({ created: true });
    const registered = await rig.target();
    expect((await mark(id, registered.key)).body).toEqual({ created: true });
    const full = await rig.db.client.target.findUniqueOrThrow({ where: { key: 'FULL_2' } });
    expect((await rig.call('DELETE', `/targets/${full.id}`)).status).toBe(204);
    expect((await mark(id, 'NEW_MORE')).body).toEqual({ created: true });
  });
});

describe('what can have been pushed', () => {
  const inState = (id: number, status: string) => rig.db.client.content.update({ where: { id }, data: { status } });
  const shared = async (status: string) => {
    const url = `https://example.org/${status}`;
    const { id } = await rig.db.client.content.create({ data: { platform: 'web', url, canonicalUrl: url, status } });
    return id;
  };

  it.each(['UNPROCESSED', 'PROCESSING', 'FAILED'])(
    '12: a content that is %s and never was PULLED is no push',
    async (status) => {
      const answer = await mark(await shared(status), 'BOT_A');
      expect(answer).toMatchObject({ status: 409, body: { detail: expect.stringContaining(status) } });
      expect([await externals(), await rig.db.client.delivery.count()]).toEqual([0, 0]);
    },
  );

  it('12: one that was read anew since the bot got it still counts, whatever came of that', async () => {
    for (const status of ['PROCESSING', 'FAILED']) {
      const id = await rig.content();
      await inState(id, status);
      expect((await mark(id, 'BOT_A')).body).toEqual({ created: true });
      await inState(id, 'PULLED');
      expect((await get('BOT_A')).body).toEqual([]);
    }
  });

  it('12: one that is deleted or unknown is 404', async () => {
    const id = await rig.content();
    await rig.db.client.content.update({ where: { id }, data: { deletedAt: new Date() } });
    expect([(await mark(id, 'BOT_A')).status, (await mark(2_000_000_000, 'BOT_A')).status]).toEqual([404, 404]);
  });
});
