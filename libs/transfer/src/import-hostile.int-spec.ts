import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { tempDir } from '@vaultstream/testing';
import { sha256, webp, writeLite } from '../test/old-installation.ts';
import { page } from '../test/old-rows.ts';
import { openRig, type Rig } from '../test/rig.ts';
import { isComplete } from './index.ts';

let rig: Rig;
let old: Awaited<ReturnType<typeof tempDir>>;
beforeEach(async () => {
  [rig, old] = await Promise.all([openRig(), tempDir()]);
}, 60_000);
afterEach(() => Promise.all([rig.close(), old.remove()]));

const content = (path: string) => rig.content(path);

describe('import of hostile old data', () => {
  it('A13: no stored key leads out of the media folder, and no link is followed', async () => {
    const secret = webp('secret');
    const name = `${sha256(secret)}.webp`;
    writeFileSync(join(old.path, name), secret);
    mkdirSync(join(old.path, 'media', 'ab'), { recursive: true });
    symlinkSync(join(old.path, name), join(old.path, 'media', name));
    symlinkSync(old.path, join(old.path, 'media', 'link'));
    const keys = [
      `../${name}`,
      join(old.path, name),
      name,
      `link/${name}`,
      `ab/../../${name}`,
      `..%2f${name}`,
      '\u0000',
    ];
    const images = keys.map((stored_key, at) => ({ url: `https://i.example.com/${at}.jpg`, stored_key }));
    writeLite(old.path, { contents: [{ ...page('/evil'), raw_metadata: { archive: { images } } }] });
    const report = await rig.run(old.path);
    expect(report.counts.media).toEqual({ to_fetch: keys.length });
    expect(await rig.db.client.blob.count()).toBe(0);
  });

  it('S19: hostile rows: each is kept as far as it can be, or skipped with a reason', async () => {
    const deep = '{"a":'.repeat(20_000) + '1' + '}'.repeat(20_000);
    writeLite(old.path, {
      contents: [
        { ...page('/nul'), id: 1, title: 'a\u0000b\ud800c', tags: '["t\u0000", 5, "#u"]', raw_metadata: '{"k\\u0000": "v\\u0000"}' },
        { ...page('/json'), id: 2, raw_metadata: '{"broken', extra_stats: 'nope', media_urls: '{}', tags: 'one, two' },
        { ...page('/dates'), id: 3, created_at: 'yesterday', published_at: '99999-01-01', updated_at: 9e18 },
        { ...page('/numbers'), id: 4, failure_count: 9_007_199_254_740_993n, view_count: -5, like_count: 9e15 },
        { platform: 'universal', url: 'ftp://example.com/x', canonical_url: 'ftp://example.com/x', id: 5 },
        { platform: 'universal', url: 'http://127.0.0.1/admin', canonical_url: 'http://127.0.0.1/admin', id: 6, status: 'unprocessed' },
        { platform: 'universal', url: 'http://10.0.0.1/read', canonical_url: 'http://10.0.0.1/read', id: 7, title: 'Router' },
        { ...page('/deep'), id: 8, raw_metadata: deep },
        { ...page(`/${'x'.repeat(5_000)}`), id: 9 },
        { ...page('/big'), id: 9_223_372_036_854_775_807n },
      ],
      pushed_records: [{ content_id: 1, target_platform: 'TG\u0000_X', message_id: 'm\u0000', pushed_at: '' }],
    }); // prettier-ignore
    const report = await rig.run(old.path);
    expect(report.counts.contents).toEqual({ imported: 8, skipped: 2 });
    expect(isComplete(report)).toBe(false);
    expect(await content('/nul')).toMatchObject({
      title: 'ab\ufffdc',
      tags: ['t', 'u'],
      deliveries: [{ state: 'sent', target: { key: 'TG_X' } }],
    });
    expect(await content('/json')).toMatchObject({ tags: ['one', 'two'], stats: {} });
    expect(await content('/dates')).toMatchObject({ publishedAt: null, createdAt: new Date(0) });
    expect(await content('/numbers')).toMatchObject({ failureCount: 2_147_483_647, stats: { like: 9e15 } });
    const [inner] = await rig.rows<{ status: string; type: string }>(
      "SELECT status, last_error_type AS type FROM contents WHERE url LIKE '%127.0.0.1%'",
    );
    expect(inner).toEqual({ status: 'FAILED', type: 'Refused' });
    expect(await rig.db.client.content.count({ where: { title: 'Router', status: 'PULLED' } })).toBe(1);
    expect((await rig.tasks()).filter(({ name }) => name === 'content.parse')).toEqual([]);
  });
});
