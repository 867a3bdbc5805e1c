import { createHash, randomBytes } from 'node:crypto';
import { blobKey, BlobStore } from '@vaultstream/blobs';
import { type PayloadOf } from '@vaultstream/contracts';
import { Blobs, MediaItems } from '@vaultstream/store';
import { FakeBotApi } from './bot-api.ts';
import { openRig, type Made } from './rig.ts';

export const botToken = '123456:AAbbCCddEEffGGhhIIjjKKllMMnnOOpQQrs';

/** The room with a Bot API on the other side, and a vault that stores and renders pictures when a spec says so. */
export async function openTelegramRig() {
  const api = new FakeBotApi();
  const rig = await openRig(api.listener);
  const [store, blobs, media] = [rig.app.get(BlobStore), rig.app.get(Blobs), rig.app.get(MediaItems)];
  let lastChat = 0;

  async function bot(more: object = {}): Promise<{ id: string; bot_token: string }> {
    const request = { platform: 'telegram', name: 'bot', bot_token: botToken, is_primary: true, ...more };
    const made = await rig.call('POST', '/bot-config', request, 'admin');
    if (made.status !== 201) throw new Error(JSON.stringify(made.body));
    return made.body as never;
  }

  /** A private chat, which has no limit for groups, unless an address is given. */
  async function chat(address: object = { chat_id: ++lastChat }, more: object = {}): Promise<Made> {
    const made = await rig.call('POST', '/targets', { kind: 'telegram', name: 'chat', address, ...more });
    if (made.status !== 201) throw new Error(JSON.stringify(made.body));
    return made.body as Made;
  }

  async function keep(bytes: Buffer, extension: string, mime: string) {
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const key = blobKey(sha256, extension);
    const { state } = await blobs.claim({ sha256, key, mime, size: bytes.length, width: 8, height: 8 });
    await store.put(key, bytes, { mime, sha256, rewrite: state === 'damaged' });
    if (state === 'damaged') await blobs.markRepaired(sha256);
    return { sha256, key };
  }

  /** A settled content with so many stored pictures. */
  async function content(pictures: number, parsed: Parameters<typeof rig.content>[0] = {}): Promise<number> {
    const name = randomBytes(4).toString('hex');
    const found = Array.from({ length: pictures }, (_, index) => ({
      kind: 'image' as const,
      role: 'content' as const,
      url: `https://example.org/${name}/${index}.png`,
    }));
    const contentId = await rig.content({ media: found, ...parsed });
    const rows = await rig.db.client.media.findMany({ where: { contentId }, orderBy: { position: 'asc' } });
    for (const row of rows) {
      const { sha256 } = await keep(randomBytes(32), 'webp', 'image/webp');
      await rig.db.transact(async (tx) => {
        await media.stored(tx, row.id, { sha256, originalSha256: sha256 });
        await blobs.markLive(tx, sha256);
      });
    }
    await rig.db.client.task.deleteMany({
      where: { name: { in: ['media.archive', 'content.settle', 'delivery.plan'] } },
    });
    return contentId;
  }

  /** What the vault does with the tasks that it got. Answers how many. */
  async function render(): Promise<number> {
    const tasks = await rig.db.client.task.findMany({ where: { name: 'media.render' } });
    for (const { id, payload } of tasks) {
      const { media_id, preset } = payload as PayloadOf<'media.render'>;
      const row = await rig.db.client.media.findUniqueOrThrow({ where: { id: media_id } });
      const originalSha256 = row.blobSha256 ?? '';
      const { sha256 } = await keep(Buffer.from(`jpeg of ${originalSha256}`), 'jpg', 'image/jpeg');
      await rig.db.transact((tx) => blobs.markLive(tx, sha256, { originalSha256, preset }));
      await rig.db.client.task.delete({ where: { id } });
    }
    return tasks.length;
  }

  /** Pushes a content by hand. */
  async function push(target: Made, contentId: number) {
    const made = await rig.call('POST', '/deliveries', { content_id: contentId, target_id: target.id });
    if (made.status !== 201) throw new Error(JSON.stringify(made.body));
    return { id: (made.body as { id: string }).id, row: () => rig.delivery(contentId, target.id) };
  }

  /** As `push`, through all waits and its pictures, to the end of the first run that sends. */
  async function deliver(target: Made, contentId: number) {
    const pushed = await push(target, contentId);
    await rig.tasks.runLater();
    if ((await render()) > 0) await rig.tasks.runLater();
    return pushed;
  }

  return { ...rig, api, bot, chat, content, render, push, deliver };
}

export type TelegramRig = Awaited<ReturnType<typeof openTelegramRig>>;
