import { buffer } from 'node:stream/consumers';
import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Renditions } from '@vaultstream/store';
import sharp from 'sharp';
import { photo } from '../../../test/pictures.ts';
import { openRig, type Rig } from '../../../test/rig.ts';
import { PictureStorer } from '../archive/picture-storer.ts';
import { RenderHandler } from './render.handler.ts';

// A real converter, on whatever machine.
jest.setTimeout(60_000);

const pictures = new Map<string, Buffer>();
let rig: Rig;
let handler: RenderHandler;
beforeAll(async () => {
  rig = await openRig((request, response) => response.end(pictures.get(request.url ?? '')));
  const storer = new PictureStorer(rig.blobs, rig.store, rig.converter, 80);
  handler = new RenderHandler(new Renditions(rig.db), rig.blobs, rig.reads, storer, rig.converter);
});
afterAll(() => rig.close());

/** A content whose one picture is archived. */
async function archived(picture: Buffer) {
  const path = `/${randomBytes(4).toString('hex')}.png`;
  pictures.set(path, picture);
  const { contentId, mediaIds } = await rig.content([path]);
  const mediaId = mediaIds[0] ?? '';
  expect(await rig.archive(contentId, mediaId)).toBeNull();
  return { contentId, mediaId, sha256: (await rig.row(mediaId)).blobSha256 ?? '' };
}

async function render({ contentId, mediaId }: { contentId: number; mediaId: string }): Promise<void> {
  await handler.run({ media_id: mediaId, content_id: contentId, preset: 'photo.v1' }, rig.contextOf());
}

async function renditionOf(sha256: string) {
  const found = await rig.db.client.blobVariant.findUnique({
    where: { originalSha256_preset: { originalSha256: sha256, preset: 'photo.v1' } },
    include: { blob: true },
  });
  if (!found) throw new Error('there is no rendition');
  const bytes = await buffer((await rig.store.get(found.blob.key)).stream);
  return { blob: found.blob, bytes, metadata: await sharp(bytes).metadata() };
}

describe('media.render', () => {
  it('makes a JPEG of a stored picture, live under its own hash', async () => {
    const made = await archived(await photo(320, 200).png().toBuffer());
    await render(made);
    const { blob, bytes, metadata } = await renditionOf(made.sha256);
    expect(blob).toMatchObject({
      state: 'live',
      mime: 'image/jpeg',
      width: 320,
      height: 200,
      size: BigInt(bytes.length),
    });
    expect(blob.key).toMatch(/\.jpg$/);
    expect(metadata).toMatchObject({ format: 'jpeg', width: 320, height: 200, space: 'srgb' });
  });

  it('puts what is transparent on white', async () => {
    const clear = {
      create: { width: 40, height: 40, channels: 4 as const, background: { r: 0, g: 0, b: 0, alpha: 0 } },
    };
    const made = await archived(await sharp(clear).png().toBuffer());
    await render(made);
    const { bytes } = await renditionOf(made.sha256);
    const { dominant } = await sharp(bytes).stats();
    expect(Math.min(dominant.r, dominant.g, dominant.b)).toBeGreaterThan(240);
  });

  it('gives a long strip white beside it', async () => {
    const made = await archived(await photo(2_000, 20).png().toBuffer());
    await render(made);
    const { metadata, bytes } = await renditionOf(made.sha256);
    expect(metadata).toMatchObject({ width: 2_000, height: 100 });
    expect([...(await sharp(bytes).extract({ left: 0, top: 0, width: 1, height: 1 }).raw().toBuffer())]).toEqual([
      255, 255, 255,
    ]);
  });

  it('brings noise below five million bytes', async () => {
    const [width, height] = [3_600, 3_000];
    const noise = sharp(randomBytes(width * height * 3), { raw: { width, height, channels: 3 } });
    const made = await archived(await noise.png({ compressionLevel: 1 }).webp({ quality: 90 }).toBuffer());
    await render(made);
    const { bytes, metadata } = await renditionOf(made.sha256);
    expect(bytes.length).toBeLessThanOrEqual(5_000_000);
    expect(metadata.format).toBe('jpeg');
  });

  it('makes it once, whoever asks', async () => {
    const made = await archived(await photo(64, 64, 9).png().toBuffer());
    await render(made);
    const before = await renditionOf(made.sha256);
    // Gone from the store: who wanted to convert it again would fail.
    await rig.store.delete((await rig.db.client.blob.findUniqueOrThrow({ where: { sha256: made.sha256 } })).key);
    await render(made);
    expect((await renditionOf(made.sha256)).blob.key).toBe(before.blob.key);
  });

  it('C7: makes nothing of damaged bytes, and the rendition can be had once the picture was stored again', async () => {
    const made = await archived(await photo(60, 40, 5).png().toBuffer());
    const { key } = await rig.db.client.blob.findUniqueOrThrow({ where: { sha256: made.sha256 } });
    const right = await readFile(join(rig.folder.path, key));
    const damaged = Buffer.from(right);
    damaged.writeUInt8(right.readUInt8(40) ^ 1, 40);
    await writeFile(join(rig.folder.path, key), damaged);
    const look = () =>
      rig.db.transact((tx) => new Renditions(rig.db).look(tx, made.contentId, made.mediaId, 'photo.v1'));
    await render(made);
    expect(await rig.blobs.describe(made.sha256)).toMatchObject({ state: 'damaged' });
    expect(await look()).toEqual({ state: 'failed' });
    const storer = new PictureStorer(rig.blobs, rig.store, rig.converter, 80);
    const row = await rig.db.client.blob.findUniqueOrThrow({ where: { sha256: made.sha256 } });
    const { mime, size, width, height } = row;
    await storer.put({ sha256: made.sha256, key, mime, size: Number(size), width, height }, right);
    expect(await look()).toMatchObject({ state: 'absent' });
    await render(made);
    expect(await look()).toMatchObject({ state: 'ready' });
  });

  it('ends quietly when the picture is not stored, and fails for good when its bytes cannot be had', async () => {
    const { contentId, mediaIds } = await rig.content(['/never.png']);
    await render({ contentId, mediaId: mediaIds[0] ?? '' });
    const made = await archived(await photo(50, 50, 3).png().toBuffer());
    const source = await rig.db.client.blob.findUniqueOrThrow({ where: { sha256: made.sha256 } });
    await rig.store.delete(source.key);
    await expect(render(made)).rejects.toMatchObject({ name: 'NotFound', disposition: 'fail' });
  });
});
