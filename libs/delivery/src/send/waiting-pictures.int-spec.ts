import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { BlobStore } from '@vaultstream/blobs';
import { Env } from '@vaultstream/runtime';
import { Blobs } from '@vaultstream/store';
import type { PlannedPart } from '@vaultstream/targets';
import { openTelegramRig, type TelegramRig } from '../../test/telegram-rig.ts';

// Many rounds on a real database, on whatever machine.
jest.setTimeout(120_000);

let rig: TelegramRig;
beforeAll(async () => {
  rig = await openTelegramRig();
});
afterAll(() => rig.close());
beforeEach(async () => {
  rig.api.calls.length = 0;
  await rig.db.client.task.deleteMany();
});

/** A message that is planned with so many pictures, and held since its bot cannot be used. */
async function heldMessage(pictures: number) {
  const { id: botId } = await rig.bot({ name: 'slow', is_primary: false });
  const target = await rig.chat(undefined, { bot_config_id: botId, settings: { album: true } });
  const contentId = await rig.content(pictures);
  const enable = (enabled: boolean) => rig.call('PATCH', `/bot-config/${botId}`, { enabled }, 'admin');
  const pushed = await rig.push(target, contentId);
  await rig.tasks.run();
  expect(await rig.render()).toBe(pictures);
  await enable(false);
  await rig.tasks.runLater();
  const row = await pushed.row();
  expect(row).toMatchObject({ state: 'held', reason: 'bot_unavailable', parts: [{ state: 'planned' }] });
  const keys = (row.parts[0]!.payload as unknown as PlannedPart).files.map(({ key }) => key);
  return { ...pushed, contentId, keys, letGo: () => enable(true) };
}

const daysPass = () => rig.db.client.$executeRaw`
  UPDATE blobs SET touched_at = touched_at - interval '3 days', claimed_until = claimed_until - interval '3 days',
    condemned_at = condemned_at - interval '3 days', deleted_at = deleted_at - interval '3 days'`;

/** What the collector does in some days. Answers how many blobs went. */
async function collect(): Promise<number> {
  const { collector } = rig.app.get(Blobs);
  await daysPass();
  await collector.condemn(86_400_000, 100);
  await daysPass();
  for (let count = 0; ; count++) {
    const rules = { delayMs: 86_400_000, resendMs: 3_600_000, damagedMs: 172_800_000, mayDelete: 1_000 };
    const doomed = await collector.entomb(rules);
    if (!doomed) return (await daysPass(), count);
    await rig.app.get(BlobStore).delete(doomed.key);
    await collector.confirmDeleted(doomed);
  }
}

describe('the pictures of a message that waits', () => {
  it('P3: a message that waits longer than grace and delay goes with its pictures, made anew where they were collected', async () => {
    const { row, letGo, keys } = await heldMessage(2);
    expect(await collect()).toBe(2);
    for (const key of keys) expect(await rig.app.get(BlobStore).head(key)).toBeNull();
    await letGo();
    await rig.tasks.runLater();
    expect(await rig.render()).toBe(2);
    await rig.tasks.runLater();
    expect(rig.api.calls).toMatchObject([{ method: 'sendMediaGroup', files: { file0: 72, file1: 72 } }]);
    const { state, parts } = await row();
    expect([state, parts[0]?.receipt]).toEqual(['sent', expect.objectContaining({ pictures: 2 })]);
    expect(parts[0]?.receipt).not.toHaveProperty('degraded');
  });

  it('P3: of a picture that is gone itself, nothing is made: the message goes without it, and says so', async () => {
    const { row, letGo, contentId } = await heldMessage(1);
    await rig.db.client.media.deleteMany({ where: { contentId } });
    await collect();
    await letGo();
    for (let round = 0; round < 3; round++) await rig.tasks.runLater();
    expect(await row()).toMatchObject({
      state: 'sent',
      parts: [{ receipt: { pictures: 0, degraded: ['picture_gone'] } }],
    });
  });

  it('C7: a rendition whose bytes have changed, or are gone, is made anew, and the message spends no try on it', async () => {
    for (const harm of [
      (path: string) => writeFile(path, Buffer.alloc(72)),
      (_: string, key: string) => rig.app.get(BlobStore).delete(key),
    ]) {
      rig.api.calls.length = 0;
      const { row, letGo, keys } = await heldMessage(1);
      await harm(join(rig.app.get(Env).storage.localRoot, keys[0]!), keys[0]!);
      await letGo();
      await rig.tasks.runLater();
      expect(await rig.app.get(Blobs).findByKey(keys[0]!)).toMatchObject({ state: 'damaged' });
      await rig.tasks.runLater();
      expect(await rig.render()).toBe(1);
      await rig.tasks.runLater();
      expect(rig.api.calls).toMatchObject([{ method: 'sendPhoto', files: { file0: 72 } }]);
      expect(await row()).toMatchObject({ state: 'sent', attempts: 1 });
    }
  });
});
