import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { s3IsHere } from '@vaultstream/testing';
import { sample } from '../../test/compliance.ts';
import { Middleman } from '../../test/middleman.ts';
import { openS3Rig, type S3Rig } from '../../test/s3.ts';
import { S3Links } from './s3-links.ts';
import { S3Signer } from './s3-signer.ts';

(s3IsHere() ? describe : describe.skip)('S3Links', () => {
  let rig: S3Rig;
  beforeAll(async () => {
    rig = await openS3Rig();
    await rig.open().check();
  }, 60_000);
  afterAll(() => rig.close());

  const links = (now?: () => number) => new S3Links(new S3Signer(rig.settings), 60, now);

  it('give the bytes to whoever has one, for the address that browsers can reach', async () => {
    const gateway = await Middleman.between(rig.settings.endpoint ?? '');
    try {
      const store = rig.open({ publicEndpoint: gateway.endpoint, prefix: 'a/b/' });
      const { key, bytes, facts } = sample();
      await store.put(key, bytes, facts);
      const url = await store.urlFor(key);
      expect(url.startsWith(`${gateway.endpoint}/${rig.settings.bucket}/a/b/${key}?`)).toBe(true);
      const answer = await fetch(url);
      expect(Buffer.from(await answer.arrayBuffer())).toEqual(bytes);
      expect(answer.headers.get('content-type')).toBe('image/webp');
      expect(answer.headers.get('cache-control')).toBe('private, max-age=31536000, immutable');
      const part = await fetch(url, { headers: { range: 'bytes=10-19' } });
      expect([part.status, await part.text()]).toEqual([206, bytes.subarray(10, 20).toString()]);
    } finally {
      await gateway.close();
    }
  });

  it('A15: never show anything but pictures in the browser, whatever type it was stored with', async () => {
    const store = rig.open();
    for (const [extension, mime] of [
      ['html', 'text/html'],
      ['svg', 'image/svg+xml'],
      ['pdf', 'application/pdf'],
    ] as const) {
      const { key, bytes, facts } = sample(100, extension);
      await store.put(key, bytes, { ...facts, mime });
      const { headers } = await fetch(await store.urlFor(key));
      expect(headers.get('content-type')).toBe('application/octet-stream');
      expect(headers.get('content-disposition')).toMatch(/^attachment; filename="[0-9a-f]{16}\.(html|svg|pdf)"$/);
    }
    const disguised = sample(100, 'webp');
    await store.put(disguised.key, disguised.bytes, { ...disguised.facts, mime: 'text/html' });
    expect((await fetch(await store.urlFor(disguised.key))).headers.get('content-type')).toBe('image/webp');
  });

  it('A14: expired, other key, other method, other headers: refused by the store', async () => {
    const { key, bytes, facts } = sample(100, 'svg');
    const other = sample(100);
    for (const blob of [{ key, bytes, facts }, other]) await rig.open().put(blob.key, blob.bytes, blob.facts);
    const url = await links().read(key);
    expect((await fetch(url)).status).toBe(200);
    const old = await links(() => Date.now() - 120_000).read(key);
    const refused = [
      fetch(old),
      fetch(url.replace(key, other.key)),
      fetch(url, { method: 'DELETE' }),
      fetch(url, { method: 'PUT', body: 'x' }),
      fetch(url.replace('attachment', 'inline')),
      fetch(url.replace(/response-content-disposition=[^&]*&/, '')),
      fetch(url.replace('X-Amz-Expires=60', 'X-Amz-Expires=6000')),
    ];
    for (const answer of await Promise.all(refused)) expect(answer.status).toBe(403);
    expect(await rig.open().head(key)).toEqual({ size: 100 });
  });

  it('are the same for a quarter of their life, so that browsers keep what they have', async () => {
    let now = Date.UTC(2030, 0, 1);
    const mine = links(() => now);
    const { key } = sample();
    const first = await mine.read(key);
    now += 14_999;
    expect(await mine.read(key)).toBe(first);
    expect(await links(() => now).read(key)).toBe(first);
    now += 1;
    expect(await mine.read(key)).not.toBe(first);
  });
});
