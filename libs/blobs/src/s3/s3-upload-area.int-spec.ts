import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BadPayload, InvalidInput } from '@vaultstream/contracts';
import { eventually, s3IsHere } from '@vaultstream/testing';
import { openS3Rig, type S3Rig } from '../../test/s3.ts';
import { blobKey } from '../blob-key.ts';
import type { S3UploadArea } from './s3-upload-area.ts';

(s3IsHere() ? describe : describe.skip)('S3UploadArea', () => {
  let rig: S3Rig;
  let area: S3UploadArea;
  beforeAll(async () => {
    rig = await openS3Rig();
    area = rig.uploads();
    await rig.open().check();
  }, 60_000);
  afterAll(() => rig.close());

  const wanted = (body: Buffer) => {
    const sha256 = createHash('sha256').update(body).digest('hex');
    return { id: randomUUID(), mime: 'image/png', size: body.length, sha256 };
  };
  const send = (url: string, body: Uint8Array, headers: Record<string, string>, method = 'PUT') =>
    fetch(url, { method, headers, body: Buffer.from(body) });

  it('takes what was announced, verifies it and makes it a blob, once', async () => {
    const body = randomBytes(10_000);
    const { sha256, ...request } = wanted(body);
    expect(await area.verify(request)).toBeNull();
    const { method, url, headers, expiresAt } = await area.presign(request);
    expect(expiresAt.getTime()).toBeGreaterThan(Date.now() + 50_000);
    expect((await send(url, body, headers, method)).status).toBe(200);
    const verified = await area.verify(request);
    expect(verified).toMatchObject({ id: request.id, size: 10_000, sha256, start: body.subarray(0, 4_096) });
    if (!verified) return;
    const key = blobKey(sha256, 'png');
    expect(await area.adopt(verified, key)).toEqual({ size: 10_000, written: true });
    expect(await area.adopt(verified, key)).toEqual({ size: 10_000, written: false });
    expect(await buffer((await rig.open().get(key)).stream)).toEqual(body);
    await area.remove(request.id);
    await area.remove(request.id);
    expect(await area.verify(request)).toBeNull();
    expect(await rig.open().head(key)).toEqual({ size: 10_000 });
  });

  it('A14: an expired link is refused', async () => {
    const body = randomBytes(10);
    const { url, headers } = await rig.uploads(1).presign(wanted(body));
    await eventually(async () => {
      // Another body than announced, so that nothing is stored while the link lives.
      const answer = await send(url, body, { ...headers, 'content-type': 'text/html' });
      expect(await answer.text()).toMatch(/expired/i);
    });
    expect((await send(url, body, headers)).status).toBe(403);
  });

  it('A14: another key, method, size, type or hash: refused by the store, or by the look at what came', async () => {
    const body = randomBytes(1_000);
    const attacks: [name: string, send: (url: string, headers: Record<string, string>) => Promise<Response>][] = [
      [
        'other key',
        (url, headers) =>
          send(
            url.replace(/uploads\/[0-9a-f]/, (m) => `${m.slice(0, -1)}${m.endsWith('0') ? '1' : '0'}`),
            body,
            headers,
          ),
      ],
      [
        'blob key',
        (url, headers) => send(url.replace(/uploads\/[^?]+/, blobKey('ab'.repeat(32), 'png')), body, headers),
      ],
      ['other method', (url) => fetch(url, { method: 'DELETE' })],
      ['reading', (url) => fetch(url)],
      ['bigger body', (url, headers) => send(url, randomBytes(5_000_000), headers)],
      ['smaller body', (url, headers) => send(url, body.subarray(1), headers)],
      ['other type', (url, headers) => send(url, body, { ...headers, 'content-type': 'text/html' })],
      ['other hash', (url, headers) => send(url, randomBytes(1_000), headers)],
      ['no hash', (url) => send(url, randomBytes(1_000), { 'content-type': 'image/png' })],
    ];
    for (const [name, attack] of attacks) {
      const request = wanted(body);
      const { url, headers } = await area.presign(request);
      const { ok } = await attack(url, headers);
      // What a lenient store takes, the second look refuses.
      const refused = ok
        ? await area.verify(request).then(
            (found) => found === null,
            (error) => error instanceof BadPayload,
          )
        : true;
      expect([name, refused]).toEqual([name, true]);
    }
    expect(await rig.open().head(blobKey('ab'.repeat(32), 'png'))).toBeNull();
  });

  it('C10: bytes that came by another way are refused: size, type, hash, and after the look', async () => {
    const body = randomBytes(1_000);
    const request = wanted(body);
    const place = async (Body: Buffer, ContentType = 'image/png') => {
      const at = { Bucket: rig.settings.bucket, Key: `uploads/${request.id}` };
      await rig.client.send(new PutObjectCommand({ ...at, Body, ContentType }));
    };
    await place(randomBytes(999));
    await expect(area.verify(request)).rejects.toBeInstanceOf(BadPayload);
    await place(body, 'text/html');
    await expect(area.verify(request)).rejects.toBeInstanceOf(BadPayload);
    await place(randomBytes(1_000));
    await expect(area.verify(request)).rejects.toBeInstanceOf(BadPayload);
    await place(body);
    const verified = await area.verify(request);
    if (!verified) throw new Error('the upload is not there');
    await place(randomBytes(1_000));
    const key = blobKey(request.sha256, 'png');
    await expect(area.adopt(verified, key)).rejects.toBeInstanceOf(BadPayload);
    await area.remove(request.id);
    await expect(area.adopt(verified, key)).rejects.toBeInstanceOf(BadPayload);
    expect(await rig.open().head(key)).toBeNull();
  });

  it('refuses what cannot be one PUT', async () => {
    const good = wanted(randomBytes(1));
    for (const bad of [{ id: '../x' }, { id: '' }, { size: -1 }, { size: 6 * 1_024 ** 3 }, { sha256: 'x' }])
      await expect(area.presign({ ...good, ...bad })).rejects.toBeInstanceOf(InvalidInput);
  });
});
